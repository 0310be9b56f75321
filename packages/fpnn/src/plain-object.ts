import { WireError } from './errors.ts';

/**
 * Lets through object literals (also of other realms) and objects without a prototype. A Date or a Set would otherwise
 * go out as an empty map.
 *
 * @throws WireError `not-encodable`
 */
export function assertPlainObject(value: object): void {
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null) return;
  throw new WireError(`a ${prototype.constructor?.name ?? 'class'} object has no wire form`, 'not-encodable');
}
