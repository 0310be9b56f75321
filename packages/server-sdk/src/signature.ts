import { hash } from 'node:crypto';
import { signText } from '@parley/contract';

/** A project's number and the secret that its back ends share with the service. */
export type ProjectKey = { readonly pid: number; readonly secret: string };

/**
 * Signs one quest: upper-case hex of the MD5 of `pid:secret:salt:method:ts`.
 *
 * @param method - The wire name, in its exact letter case.
 * @param ts - Unix seconds; the service refuses a time too far from its own.
 */
export function signQuest(project: ProjectKey, method: string, salt: bigint, ts: number): string {
  return hash('md5', signText(project.pid, project.secret, salt, method, ts), 'hex').toUpperCase();
}
