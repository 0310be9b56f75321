import pg from 'pg';

const INT8 = 20;
const INT8_ARRAY = 1016;

type Parse = (text: string) => unknown;

/** int8 is a bigint, so that no id is ever rounded. Set per client: the driver's global table stays as it is. */
export const COLUMN_TYPES: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): Parse {
    if (format !== 'binary' && oid === INT8) return BigInt;
    if (format !== 'binary' && oid === INT8_ARRAY) return parseInt8Array;
    return pg.types.getTypeParser(oid, format as 'text');
  },
};

/** Flat arrays only; a null stays a null. */
function parseInt8Array(text: string): (bigint | null)[] {
  if (text === '{}') return [];
  const items = text.slice(1, -1).split(',');
  return items.map((item) => (item === 'NULL' ? null : BigInt(item)));
}
