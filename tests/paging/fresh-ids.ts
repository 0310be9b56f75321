/** Ways to make an int64 of a small number: small, beyond doubles, negative, and the two ends. */
const SHAPES: readonly ((n: bigint) => bigint)[] = [
  (n) => n,
  (n) => 2n ** 53n + n,
  (n) => -n,
  (n) => 2n ** 63n - n,
  (n) => -(2n ** 63n) + n - 1n,
];

let count = 0;

/** An id that nobody has got yet, of another shape each time. */
export function freshId(): bigint {
  const shape = SHAPES[count % SHAPES.length]!;
  count += 1;
  return shape(BigInt(Math.ceil(count / SHAPES.length)));
}
