import type { Id } from './call-options.ts';

/**
 * A list of ids from an array, a Set or any other iterable.
 *
 * @throws TypeError for anything else, text included.
 */
export function toIdList(name: string, ids: Iterable<Id>): Id[] {
  if (typeof ids !== 'object' || ids === null || !(Symbol.iterator in ids)) {
    throw new TypeError(`${name} must be a list of ids`);
  }
  return Array.from(ids);
}
