import { DEFAULT_LIMITS, type ProjectLimits } from '@parley/contract';
import { z } from 'zod';
import { parseTokenPublicKey } from './token-public-key.ts';

const limitsShape = Object.fromEntries(
  Object.entries(DEFAULT_LIMITS).map(([name, value]) => [name, z.int().positive().default(value)]),
) as { [Name in keyof ProjectLimits]: z.ZodDefault<z.ZodInt> };

/** An int64 id, written as a safe number or a decimal text; kept as text, since JSON has no int64. */
const id = z.union([z.int(), z.string().regex(/^-?\d{1,19}$/, 'must be a decimal int64')]).transform(String);

const tokenPublicKey = z.string().superRefine((pem, context) => {
  try {
    parseTokenPublicKey(pem);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

/**
 * The switches and limits of one project. Every field has a default, so `{}` is a complete setting.
 * Stored as JSON beside the project; unknown names are refused so that a misspelt switch is noticed.
 */
export const projectSettingsSchema = z.strictObject({
  /** Accept the form of `sign` without `ts` and method that SDKs before 2020 send. Default false. */
  allowsUntimedSign: z.boolean().default(false),
  /** How far `ts` of a quest may lie from the server's clock, in seconds. Default 600. */
  signWindowSeconds: z.int().min(10).max(86_400).default(600),
  /** Refuse a `sign` seen before even when the parameters differ. Default false: only an exact repeat is refused. */
  strictSign: z.boolean().default(false),
  /** Wire methods that answer 200020. Default none. */
  disabledMethods: z.array(z.string()).default([]),
  /** Calls per second on the server gate, with a burst of one second; 0 means no limit, the default. */
  callsPerSecondMax: z.int().nonnegative().default(0),
  /**
   * Calls per second of one user on the client gate, over all its connections, with a burst of one second; more get 200010.
   * Answers to pushes, `ping` and `bye` do not count. Default 200, far above what SDKs need; 0 means no limit.
   */
  clientCallsPerSecondMax: z.int().nonnegative().default(200),
  /** Files sent per second, with a burst of one second; 0 means no limit, the default. */
  filesPerSecondMax: z.int().nonnegative().default(0),
  /** Accept files whose attrs hold no sign: the C++ SDK of 2021 forgets it. Default false: 200004. */
  allowsUnsignedFiles: z.boolean().default(false),
  /** Message types kept in history: `all` (the default) or a list of mtypes. */
  storedMtypes: z.union([z.literal('all'), z.array(z.int().min(1).max(127))]).default('all'),
  /** A sender on the server gate must be a member of the group: 200041. Default false. */
  requiresGroupMembership: z.boolean().default(false),
  /** A sender on the server gate must be in the room: 200040. Default false. */
  requiresRoomMembership: z.boolean().default(false),
  /** A P2P sender must be a friend of the receiver: 200043. Default false. */
  requiresFriendship: z.boolean().default(false),
  /** Blacklists of users count for senders on the server gate too: 200049. Default false; for clients they always do. */
  enforcesBlacklist: z.boolean().default(false),
  /** The only users who may broadcast, others get 200026. Default null: anybody. */
  broadcastAdminUids: z.array(id).nullable().default(null),
  /** A user is in one room at a time: entering another leaves the first. Default false. */
  singleRoom: z.boolean().default(false),
  /** How long a login token is good, in seconds. Default 30 days. */
  tokenTtlSeconds: z.int().min(60).max(3_153_600_000).default(2_592_000),
  /** EC or Ed25519 keys in PEM: back ends may sign login tokens with their private halves. Default none. */
  tokenPublicKeys: z.array(tokenPublicKey).max(16).default([]),
  /** Back ends may listen to messages and events. Default true; false answers 200060. */
  allowsListening: z.boolean().default(true),
  /** A user has one connection at a time: a new login ends the older ones. Default false. */
  singleConnection: z.boolean().default(false),
  /**
   * Whether a browser that publishes or plays must show the ticket of `enterRTCRoom` in its stream URL. Default
   * `optional`: the official browser SDK has none, and rooms are as private as their ids.
   */
  rtcToken: z.enum(['optional', 'required']).default('optional'),
  /** What to keep of history. Default: everything, for ever. */
  retention: z
    .strictObject({
      days: z.number().positive().optional(),
      messagesPerConversation: z.int().positive().optional(),
      /** Files that were stored without being sent. Those of messages go with the message. */
      uploadedFileDays: z.number().positive().optional(),
    })
    .default({}),
  limits: z.strictObject(limitsShape).prefault({}),
});

export type ProjectSettings = z.output<typeof projectSettingsSchema>;
/** Settings as written in a configuration: everything optional. */
export type ProjectSettingsInput = z.input<typeof projectSettingsSchema>;

/** A tenant: its id and secret as used in signatures, and its settings. */
export type Project = { readonly pid: number; readonly secret: string; readonly settings: ProjectSettings };
