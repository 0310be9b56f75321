import {
  type ClientAnswerIn,
  type FileAnswerIn,
  type FileGateMethodName,
  type FileParamsIn,
  MTYPES,
} from '@parley/contract';
import { decodeFileAnswer, encodeFileParams } from '@parley/contract/client-wire';
import { assertTimeout, type Id, toRtmError } from '@parley/contract/sdk';
import { FPNN_CODES } from '@parley/fpnn';
import type { Call, CallOptions } from '../call.ts';
import type { ResolvedOptions } from '../client-options.ts';
import { Connection } from '../connection/connection.ts';
import { type ConversationRef, toConversation, toId } from '../conversation.ts';
import { aborted, isConnectionLost } from '../errors.ts';
import type { SendResult } from '../messages/send-options.ts';
import type { Inbox } from '../recovery/inbox.ts';
import { fileEndpointOf } from './file-endpoint.ts';
import { fileAttrs } from './file-sign.ts';

/** A file: a browser's `File` or `Blob`, or plain bytes. */
export type FileInput = Blob | Uint8Array;

export type FileOptions = CallOptions & {
  /** Default: the name of a `File`, else "". */
  name?: string;
  /** 40 image, 41 audio, 42 video, 50 any. Default 50, which becomes what the server finds the content to be. */
  mtype?: number;
  /** Free text that receivers get as the `attrs` of the message. Default "". */
  attrs?: string;
};

/** Where a stored file can be downloaded, and its bytes. */
export type UploadedFile = { url: string; size: number };

export type FileCallsParts = {
  readonly options: ResolvedOptions;
  readonly call: Call;
  readonly nextMid: () => bigint;
  readonly inbox: Inbox;
};

/** A lost connection is tried once more. */
const TRIES_MAX = 2;

type FileCommand = FileGateMethodName & ('sendfile' | 'sendgroupfile' | 'sendroomfile' | 'uploadfile');
type Target = { to?: bigint; gid?: bigint; rid?: bigint };
type Prepared = { readonly bytes: Uint8Array; readonly name: string; readonly mtype: number; readonly attrs: string };
type Ticket = ClientAnswerIn<'filetoken'>;

/** Files. Each goes over a connection of its own, with a token from the session. */
export class FileCalls {
  readonly #parts: FileCallsParts;

  constructor(parts: FileCallsParts) {
    this.#parts = parts;
  }

  /**
   * Uploads a file and sends it as one message, which receivers get with `type: 'file'`. A lost connection is tried once
   * more with the same `mid`.
   *
   * @param options.mid - As for messages.
   * @throws RtmError 200031 for a file that is too large, 200041 or 200040 outside the group or room, and others.
   */
  async send(to: ConversationRef, file: FileInput, options: FileOptions & { mid?: Id } = {}): Promise<SendResult> {
    const { mid: givenMid = this.#parts.nextMid(), ...fileOptions } = options;
    const mid = toId('mid', givenMid);
    const conversation = toConversation(to);
    const from = this.#parts.options.uid;
    const prepared = await prepare(file, fileOptions);
    const send = async () => {
      switch (conversation.kind) {
        case 'p2p': {
          const to = conversation.peerUid;
          return this.#transfer('sendfile', { to }, prepared, { from, to, mid }, fileOptions);
        }
        case 'group': {
          const gid = conversation.groupId;
          return this.#transfer('sendgroupfile', { gid }, prepared, { from, gid, mid }, fileOptions);
        }
        case 'room': {
          const rid = conversation.roomId;
          return this.#transfer('sendroomfile', { rid }, prepared, { from, rid, mid }, fileOptions);
        }
        case 'broadcast':
          throw new TypeError('only back ends send broadcasts');
      }
    };
    const { mtime } = await send();
    this.#parts.inbox.handleSent(conversation, mid, mtime);
    return { mid, mtime };
  }

  /** Stores a file without sending it. */
  async upload(file: FileInput, options: FileOptions = {}): Promise<UploadedFile> {
    const prepared = await prepare(file, options);
    const { url, size } = await this.#transfer('uploadfile', {}, prepared, { uid: this.#parts.options.uid }, options);
    return { url, size };
  }

  async #transfer<M extends FileCommand>(
    method: M,
    target: Target,
    { bytes, mtype, ...description }: Prepared,
    params: Omit<FileParamsIn<M>, 'mtype' | 'file' | 'attrs' | 'endpoint'>,
    options: CallOptions,
  ): Promise<FileAnswerIn<M>> {
    const { call, options: clientOptions } = this.#parts;
    const { timeoutMs = clientOptions.timeoutMs, signal } = options;
    assertTimeout('timeoutMs', timeoutMs);
    for (let tries = 1; ; tries += 1) {
      try {
        const ticket = await call('filetoken', { cmd: method, ...target }, { timeoutMs, signal });
        const attrs = fileAttrs(bytes, ticket.token, description);
        const content = { mtype, file: bytes, attrs, endpoint: ticket.endpoint };
        const all = { ...params, ...content, pid: clientOptions.pid, token: ticket.token };
        return await this.#send(method, all as never, ticket, { timeoutMs, signal });
      } catch (error) {
        if (!isConnectionLost(error) || tries === TRIES_MAX) throw error;
      }
    }
  }

  async #send<M extends FileCommand>(
    method: M,
    params: FileParamsIn<M> & { pid: number; token: string },
    ticket: Ticket,
    { timeoutMs, signal }: CallOptions,
  ): Promise<FileAnswerIn<M>> {
    const { connector, connectTimeoutMs, fileEndpoint, endpoint } = this.#parts.options;
    const encoded = encodeFileParams(method, params);
    const connecting = new AbortController();
    const onAbort = () => connecting.abort(signal?.reason);
    if (signal?.aborted) throw aborted(signal);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const connection = await Connection.open({
        connector,
        connectTimeoutMs,
        endpoint: fileEndpoint ?? fileEndpointOf(endpoint, ticket.endpoint),
        signal: connecting.signal,
        onQuest: (quest) => quest.fail(FPNN_CODES.unknownMethod, `unknown method ${quest.method}`),
      });
      try {
        return decodeFileAnswer(method, await connection.peer.quest(method, encoded, { timeoutMs, signal }));
      } finally {
        connection.drop('the file is through');
      }
    } catch (error) {
      throw toRtmError(error);
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }
}

async function prepare(file: FileInput, options: FileOptions): Promise<Prepared> {
  const { name = nameOf(file), mtype = MTYPES.otherFile, attrs = '' } = options;
  if (file instanceof Uint8Array) return { bytes: file, name, mtype, attrs };
  if (!(file instanceof Blob)) throw new TypeError('a file is a File, a Blob or a Uint8Array');
  return { bytes: new Uint8Array(await file.arrayBuffer()), name, mtype, attrs };
}

function nameOf(file: FileInput): string {
  const { name } = file as { readonly name?: unknown };
  return typeof name === 'string' ? name : '';
}
