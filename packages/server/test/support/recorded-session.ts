import { decodePayload, type Packet, PacketReader, Peer, type QuestBatch, type WireMap } from '@parley/fpnn';
import { type Project, projectSettingsSchema } from '../../src/projects/project-settings.ts';
import { Session } from '../../src/sessions/session.ts';

/** A push as a client would read it. */
export type SeenPush = { method: string; seq: number; isOneWay: boolean; params: WireMap };

/** A session whose connection only records what is written to it. */
export type RecordedSession = { session: Session; written: Uint8Array[]; pushes(): SeenPush[] };

export function project(pid = 1, settings: object = {}): Project {
  return { pid, secret: 'secret', settings: projectSettingsSchema.parse(settings) };
}

let lastId = 0;

/** @param options.isStarted - False: its login is not answered yet. Default true. */
export function recordedSession(
  uid: bigint,
  options: { project?: Project; now?: () => number; version?: string; isStarted?: boolean } = {},
): RecordedSession {
  const written: Uint8Array[] = [];
  const stream = {
    write: (bytes: Uint8Array) => void written.push(bytes),
    writeBatch: (batch: QuestBatch) => void written.push(batch.bytes),
    close() {},
    destroy() {},
    bufferedBytes: 0,
  };
  lastId += 1;
  const session = new Session({
    id: `session-${lastId}`,
    project: options.project ?? project(),
    uid,
    peer: new Peer(stream),
    version: options.version ?? '',
    lang: '',
    attrs: new Map(),
    loginAt: 0,
    now: options.now ?? (() => 0),
  });
  if (options.isStarted !== false) session.start();
  const pushes = () => written.flatMap((bytes) => new PacketReader().push(bytes)).map(toPush);
  return { session, written, pushes };
}

function toPush(packet: Packet): SeenPush {
  if (packet.kind !== 'quest') throw new Error('an answer was written');
  return { method: packet.method, seq: packet.seq, isOneWay: packet.isOneWay, params: decodePayload(packet) };
}
