/** A ban without a room or group, or with 0 or less, is one from all of them: undefined. */
export function namedPlace(id: bigint | undefined): bigint | undefined {
  return id !== undefined && id > 0n ? id : undefined;
}
