import { FPNN_CODES } from './codes.ts';
import { FpnnError, ProtocolViolation } from './errors.ts';
import type { IncomingQuest } from './incoming-quest.ts';
import type { Encodable } from './value.ts';
import { wireText } from './wire-text.ts';

const RESERVED_PREFIX = 0x2a;

/** What stands behind `*status`, `*infos` and `*tune`. A hook may throw an FpnnError to refuse. */
export interface PeerBuiltins {
  /** The `status` of the answer to `*status`. Default true. */
  isHealthy?(): boolean;
  /** The answer to `*infos`, a map. Default empty. */
  infos?(): Encodable;
  /** Takes a `*tune`. Default nothing; the answer is `{return: true}` either way. */
  tune?(key: string, value: string): void;
}

/** What the built-in methods need to know of their peer. */
export interface BuiltInContext {
  readonly now: () => number;
  readonly isPrivatePeer: boolean;
  readonly builtins: PeerBuiltins;
}

/** True for names that FPNN keeps for itself. */
export function isBuiltIn(method: string): boolean {
  return method.charCodeAt(0) === RESERVED_PREFIX;
}

/**
 * Answers a quest whose method starts with `*`. Unknown ones get 20004; `*status`, `*infos` and `*tune` get 20013 from
 * public addresses.
 *
 * @throws ProtocolViolation `bad-key` for `*key`: it is the first packet of a connection or a violation, and the first
 * packet does not come here.
 */
export function answerBuiltIn(quest: IncomingQuest, context: BuiltInContext): void {
  if (quest.method === '*key') throw new ProtocolViolation('bad-key', '*key is not the first packet');
  try {
    quest.answer(call(quest, context));
  } catch (error) {
    if (!(error instanceof FpnnError)) throw error;
    quest.fail(error.code, error.message);
  }
}

function call(quest: IncomingQuest, context: BuiltInContext): Encodable {
  if (quest.method === '*ping') return { ts: context.now() };
  const answer = PRIVATE_METHODS.get(quest.method);
  if (answer === undefined) throw new FpnnError(FPNN_CODES.unknownMethod, `Unknown method: ${quest.method}`);
  if (!context.isPrivatePeer) throw new FpnnError(FPNN_CODES.forbidden, 'Forbidden Operation');
  return answer(context.builtins, quest);
}

const PRIVATE_METHODS = new Map<string, (builtins: PeerBuiltins, quest: IncomingQuest) => Encodable>([
  ['*status', (builtins) => ({ status: builtins.isHealthy?.() ?? true })],
  ['*infos', (builtins) => builtins.infos?.() ?? {}],
  ['*tune', tune],
]);

function tune(builtins: PeerBuiltins, { params }: IncomingQuest): Encodable {
  builtins.tune?.(wireText(params.get('key')), wireText(params.get('value')));
  return { return: true };
}
