import type { AnswerOf, MethodName, ParamsOut } from '@parley/contract';
import type { Project } from '../../projects/project-settings.ts';

/** Serves one method: checked parameters in, the declared answer out; a refusal is a thrown RtmError. */
export type Handler<M extends MethodName> = (project: Project, params: ParamsOut<M>) => Promise<AnswerOf<M>>;

/** Handlers by wire name. */
export type Handlers<Names extends MethodName = MethodName> = { readonly [M in Names]: Handler<M> };

/** The answer of methods that give nothing back. */
export const NOTHING = {} as const;
