import { RawString, type WireValue } from '@parley/fpnn';
import { refuse, refuseEmpty, refuseItem, refuseLength, refuseType } from './check-refusals.ts';
import { compileBytes, compileInt, compileTime, type FieldCheck, idWord } from './check-scalar.ts';
import type {
  IdListField,
  IdMapField,
  IntField,
  ListField,
  MtypeListField,
  TextField,
  TextMapField,
  TimeField,
} from './fields.ts';
import type { GateRules } from './gates.ts';
import { parseInt64, toInt64, toInt64OrText, toNumber } from './integers.ts';
import type { ProjectLimits } from './limits.ts';

const utf8 = new TextEncoder();

/** The check of a list of ids. */
export function compileIdList(param: string, field: IdListField, { takesTextIds }: GateRules): FieldCheck {
  const read = takesTextIds ? toInt64OrText : toInt64;
  const wanted = idWord(takesTextIds);
  return compileList(
    param,
    field,
    (item) => read(item) ?? refuseItem(param, wanted, item),
    (key) => parseInt64(key) ?? refuseKey(param),
  );
}

/** The check of a list of message types. */
export function compileMtypeList(param: string, field: MtypeListField): FieldCheck {
  const { min, refusal } = field;
  const check = (mtype: number | bigint): number => {
    if (mtype >= min && mtype <= 127) return Number(mtype);
    return refuse(refusal, `${param} holds ${mtype}; allowed are ${min}..127`);
  };
  return compileList(
    param,
    field,
    (item) => check(toNumber(item) ?? refuseItem(param, 'an int8', item)),
    (key) => check(parseInt64(key) ?? refuseKey(param)),
  );
}

/** The check of a list of texts. */
export function compileTextList(param: string, field: ListField<TextField>): FieldCheck {
  const check = compileBytes(`each of ${param}`, field.item);
  return compileList(
    param,
    field,
    (item, limits) => (item === null ? refuseItem(param, 'a str or bin', item) : check(item, limits)),
    (key, limits) => check(new RawString(utf8.encode(key)), limits),
  );
}

/** A list may come as a map whose keys are the items: after a reconnect the Go SDK packs its sets so. */
function compileList<T>(
  param: string,
  field: IdListField | MtypeListField | ListField,
  fromItem: (item: WireValue, limits: ProjectLimits) => T,
  fromKey: (key: string, limits: ProjectLimits) => T,
): FieldCheck {
  const { limit, presence } = field;
  const takesEmpty = 'takesEmpty' in field && field.takesEmpty === true;
  return (value, limits) => {
    const isMap = value instanceof Map;
    if (!isMap && !Array.isArray(value)) return refuseType(param, 'a list', value);
    const count = isMap ? value.size : value.length;
    if (count === 0 && !takesEmpty) return presence === 'required' ? refuseEmpty(param) : undefined;
    if (limit !== undefined && count > limits[limit]) {
      return refuseLength('tooManyItemsInParameters', param, count, 'items', limits[limit]);
    }
    if (isMap) return Array.from(value.keys(), (key) => fromKey(key, limits));
    return value.map((item) => fromItem(item, limits));
  };
}

/** The check of a number per id. */
export function compileIdMap(param: string, field: IdMapField<TimeField | IntField>): FieldCheck {
  const { limit, presence, value: valueField } = field;
  const name = `each value of ${param}`;
  const check = valueField.kind === 'int' ? compileInt(name, valueField) : compileTime(name, valueField);
  return (value, limits) => {
    if (!(value instanceof Map)) return refuseType(param, 'a map', value);
    if (value.size === 0) return presence === 'required' ? refuseEmpty(param) : undefined;
    if (limit !== undefined && value.size > limits[limit]) {
      return refuseLength('tooManyItemsInParameters', param, value.size, 'entries', limits[limit]);
    }
    const found = new Map<bigint, unknown>();
    for (const [key, item] of value) {
      const id = parseInt64(key) ?? refuse('typeConvert', `${param} has a key that is not a decimal integer`);
      found.set(id, item === null ? refuseType(name, `an ${valueField.wire}`, item) : check(item, limits));
    }
    return found;
  };
}

/** The check of texts by name. An empty map is one. */
export function compileTextMap(param: string, { limit, entryLimit }: TextMapField): FieldCheck {
  return (value, limits) => {
    if (!(value instanceof Map)) return refuseType(param, 'a map', value);
    if (value.size > limits[limit]) {
      return refuseLength('tooManyItemsInParameters', param, value.size, 'entries', limits[limit]);
    }
    const found = new Map<string, RawString>();
    for (const [name, item] of value) {
      const text = toRaw(item) ?? refuseItem(param, 'a str or bin', item);
      const length = Math.max(utf8.encode(name).length, text.bytes.length);
      if (length > limits[entryLimit]) {
        return refuseLength('invalidParameter', `an entry of ${param}`, length, 'bytes', limits[entryLimit]);
      }
      found.set(name, text);
    }
    return found;
  };
}

function toRaw(value: WireValue): RawString | undefined {
  if (value instanceof Uint8Array) return new RawString(value);
  return value instanceof RawString ? value : undefined;
}

function refuseKey(param: string): never {
  return refuse('typeConvert', `${param} came as a map and has a key that is not a decimal integer`);
}
