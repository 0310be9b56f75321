const MASK_BYTES = 16;
const NO_FILTER = Buffer.alloc(0);

/** SQL: the row `m` passes the mask, an expression of type bytea. */
export function passesMask(mask: string): string {
  return `(${mask} = '' or get_bit(${mask}, m.mtype) = 1)`;
}

/** A filter of message types as a bit set, bit 0 of byte 0 for type 0. Empty for no filter; stored types are 0 to 127. */
export function mtypeMask(mtypes: readonly number[]): Buffer {
  if (mtypes.length === 0) return NO_FILTER;
  const mask = Buffer.alloc(MASK_BYTES);
  for (const mtype of mtypes) {
    if (mtype >= 0 && mtype < 8 * MASK_BYTES) mask[mtype >> 3]! |= 1 << (mtype & 7);
  }
  return mask;
}
