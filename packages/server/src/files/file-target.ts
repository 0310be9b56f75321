import { hash } from 'node:crypto';
import { ERROR_CODES, type FileGateMethodName, RtmError } from '@parley/contract';

/** The parameters that may name a target; others than that of the method are ignored. */
export type FileTargetParams = {
  readonly to?: bigint | undefined;
  readonly tos?: readonly bigint[] | undefined;
  readonly gid?: bigint | undefined;
  readonly rid?: bigint | undefined;
};

/** The parameter that names the target of each method. */
const NAMED_BY: Readonly<Record<FileGateMethodName, keyof FileTargetParams | undefined>> = {
  sendfile: 'to',
  sendfiles: 'tos',
  sendgroupfile: 'gid',
  sendroomfile: 'rid',
  broadcastfile: undefined,
  uploadfile: undefined,
};

/**
 * Where a file goes as a short text; equal targets have equal texts, whatever the order of receivers.
 *
 * @throws RtmError 10009 when the parameter that names it is missing.
 */
export function fileTarget(method: FileGateMethodName, params: FileTargetParams): string {
  const name = NAMED_BY[method];
  if (name === undefined) return '';
  const value = params[name];
  if (value === undefined) throw new RtmError(ERROR_CODES.keyNotFound, `${name} is missing; ${method} needs it`);
  if (typeof value === 'bigint') return String(value);
  const receivers = [...new Set(value)].sort((a, b) => (a < b ? -1 : 1));
  return hash('sha256', receivers.join(), 'base64url');
}
