import { authParams, ERROR_CODES, type MethodDeclaration, type MethodName, methods } from '@parley/contract';
import { type HostileCase, hostileParams, plainParams } from '@parley/contract/hostile-params';
import type { RawParams } from '@parley/testkit/internal';

/** A call with one unusual parameter, and what it may be answered. */
export type ParamCase = {
  readonly method: MethodName;
  readonly title: string;
  readonly params: RawParams;
  /** Codes, 0 for success. */
  readonly codes: readonly number[];
  /** The unusual parameter. A refusal has to name it. */
  readonly param: string;
  readonly isRefused: boolean;
};

/** Subjects and methods that are declared and not served yet. */
const NOT_SERVED_YET = new Set<string>(['addsessions', 'removesessions']);
const SENDS = new Set<string>(['sendmsg', 'sendmsgs', 'sendgroupmsg', 'sendroommsg', 'broadcastmsg']);
/** Plain parameters are small and equal; a sender has to be somebody else than the receivers. */
const OTHER_PLAIN: RawParams = { from: 900 };

/** Every method that the server serves. */
export const servedMethods: readonly MethodDeclaration[] = Object.values<MethodDeclaration>(methods).filter(
  ({ name, subject }) => !NOT_SERVED_YET.has(subject) && !NOT_SERVED_YET.has(name),
);

/** Plain parameters of a method that nothing but the state of the server can refuse. `mid` is new each time. */
export function plainCall(declaration: MethodDeclaration): Record<string, RawParams[string]> {
  const plain = plainParams(declaration);
  for (const [name, value] of Object.entries(OTHER_PLAIN)) if (name in plain) plain[name] = value;
  if (SENDS.has(declaration.name)) plain['mid'] = nextMid();
  return plain;
}

/** Every declared parameter of a method with every hostile value, the others plain. */
export function paramCases(declaration: MethodDeclaration): ParamCase[] {
  const method = declaration.name as MethodName;
  return hostileParams(declaration).map((hostile) => {
    const param = paramOf(hostile);
    return {
      method,
      title: `${method} ${hostile.title}`,
      params: withHostile(plainCall(declaration), hostile, declaration),
      codes: hostile.code === undefined ? acceptedCodes(declaration) : [hostile.code],
      param,
      isRefused: hostile.code !== undefined,
    };
  });
}

/**
 * The parameters of the signature with every hostile value: whatever is well formed is a wrong project or sign. They are
 * whole as they are; nothing must be added.
 */
export function authCases(sign: () => RawParams): ParamCase[] {
  const declaration = { ...methods.getroommembers, params: authParams } as unknown as MethodDeclaration;
  return hostileParams(declaration).map((hostile) => {
    const param = paramOf(hostile);
    const { [param]: _, ...others } = { ...sign(), rid: 1 } as Record<string, RawParams[string]>;
    const isMissing = !(param in hostile.params);
    return {
      method: 'getroommembers',
      title: `getroommembers ${hostile.title}`,
      params: isMissing ? others : { ...others, [param]: hostile.params[param] },
      codes: hostile.code === undefined ? [ERROR_CODES.invalidPidOrUid, ERROR_CODES.invalidPidOrSign] : [hostile.code],
      param,
      isRefused: hostile.code !== undefined,
    };
  });
}

/** What a call with legal parameters may be answered: sends are always taken, others depend on what is there. */
function acceptedCodes(declaration: MethodDeclaration): number[] {
  if (SENDS.has(declaration.name)) return [0];
  return [0, ...Object.keys(declaration.refusals).map((name) => ERROR_CODES[name as keyof typeof ERROR_CODES])];
}

function withHostile(
  plain: Record<string, RawParams[string]>,
  hostile: HostileCase,
  declaration: MethodDeclaration,
): RawParams {
  const param = paramOf(hostile);
  const { [param]: _, ...others } = plain;
  const undeclared = Object.entries(hostile.params).filter(([name]) => name === param || !(name in declaration.params));
  return { ...others, ...Object.fromEntries(undeclared) };
}

function paramOf({ title }: HostileCase): string {
  return title.slice(0, title.indexOf(':'));
}

let lastMid = 1n << 60n;

function nextMid(): bigint {
  lastMid += 1n;
  return lastMid;
}
