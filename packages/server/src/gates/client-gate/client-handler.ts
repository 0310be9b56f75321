import type { ClientAnswerOf, ClientMethodName, ClientParamsOut } from '@parley/contract';
import type { Session } from '../../sessions/session.ts';

/** Serves one method for a logged-in connection: checked parameters in, the declared answer out. */
export type ClientHandler<M extends ClientMethodName> = (
  session: Session,
  params: ClientParamsOut<M>,
) => Promise<ClientAnswerOf<M>>;

/** Handlers by wire name. */
export type ClientHandlers<Names extends ClientMethodName = ClientMethodName> = {
  readonly [M in Names]: ClientHandler<M>;
};
