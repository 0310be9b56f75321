import { hash, timingSafeEqual } from 'node:crypto';
import {
  checkFileParams,
  ERROR_CODES,
  type FileAnswerOf,
  type FileGateMethodName,
  type FileParamsOut,
  fileSignText,
  formatFileMessage,
  MTYPES,
  RtmError,
  readFileAttrs,
} from '@parley/contract';
import { RawString, type WireMap } from '@parley/fpnn';
import { recogniseContent } from '../../files/file-content.ts';
import type { FileService } from '../../files/file-service.ts';
import { type FileTargetParams, fileTarget } from '../../files/file-target.ts';
import type { FileTicket, FileTickets } from '../../files/file-tickets.ts';
import { isStored } from '../../messaging/message-service.ts';
import type { Project } from '../../projects/project-settings.ts';
import type { SessionDirectory } from '../../sessions/session-directory.ts';
import type { UserService } from '../../users/user-service.ts';
import { CallRate } from '../server-gate/call-rate.ts';
import type { FileDestinations } from './file-destinations.ts';

type AnyParams = FileParamsOut<FileGateMethodName>;
type AnyAnswer = FileAnswerOf<'sendfile'> | FileAnswerOf<'uploadfile'>;
/** A file as it came in, with what its attrs say. */
type Received = { bytes: Uint8Array; md5: string; filename: string | undefined; attrs: RawString };

type Dependencies = {
  tickets: FileTickets;
  files: FileService;
  destinations: FileDestinations;
  sessions: SessionDirectory;
  users: UserService;
  now: () => number;
};

/** How long the file of a message can be read that is not kept itself. */
const UNSTORED_DAYS = 7;
const DAY_MS = 86_400_000;
const NO_ATTRS = { sign: undefined, filename: undefined, shared: '{"rtm":{},"custom":""}' };

/**
 * Takes files in. In this order: parameters, token (200003), rate (200010), whether a client is still logged in (200022),
 * sign (200004, 200003), who may send to whom; then the file is stored, and only then the message that names it.
 */
export class FileReceiver {
  readonly #parts: Dependencies;
  readonly #rates = new Map<number, CallRate>();

  constructor(parts: Dependencies) {
    this.#parts = parts;
  }

  async receive(project: Project, method: FileGateMethodName, token: string, params: WireMap): Promise<AnyAnswer> {
    const checked = checkFileParams(method, params, project.settings.limits);
    const ticket = this.#takeTicket(project, method, token, checked);
    const file = receivedFile(project, token, checked);
    return 'uid' in checked ? this.#upload(project, checked, file) : this.#send(project, method, ticket, checked, file);
  }

  #takeTicket(project: Project, method: FileGateMethodName, token: string, params: AnyParams): FileTicket {
    const { tickets, sessions, now } = this.#parts;
    const uid = 'uid' in params ? params.uid : params.from;
    const ticket = tickets.take(token, {
      pid: project.pid,
      uid,
      method,
      target: fileTarget(method, params as FileTargetParams),
    });
    const perSecond = project.settings.filesPerSecondMax;
    let rate = this.#rates.get(project.pid);
    if (rate === undefined) this.#rates.set(project.pid, (rate = new CallRate(perSecond, now())));
    if (!rate.take(perSecond, now())) {
      throw new RtmError(ERROR_CODES.frequencyLimited, `at most ${perSecond} files per second are allowed`);
    }
    // Who was kicked out since has no say any more; who only lost a connection is back by now.
    if (ticket.sessionId !== undefined && !sessions.isOnline(project.pid, uid)) {
      throw new RtmError(ERROR_CODES.unauthorized, `token: user ${uid} is not logged in`);
    }
    return ticket;
  }

  async #upload(project: Project, { uid }: FileParamsOut<'uploadfile'>, file: Received): Promise<AnyAnswer> {
    const { files, users, now } = this.#parts;
    const { uploadedFileDays: uploadDays } = project.settings.retention;
    if (users.isMuted(project, uid)) {
      throw new RtmError(ERROR_CODES.blockUser, `uid: user ${uid} is muted in the whole project`);
    }
    const { url } = await files.store({
      project: project.pid,
      sender: uid,
      mid: 0n,
      bytes: file.bytes,
      content: recogniseContent(file.bytes),
      filename: file.filename,
      origin: undefined,
      readableUntil: uploadDays === undefined ? Number.MAX_SAFE_INTEGER : now() + uploadDays * DAY_MS,
    });
    return { url, size: file.bytes.length };
  }

  async #send(
    project: Project,
    method: FileGateMethodName,
    ticket: FileTicket,
    params: Exclude<AnyParams, FileParamsOut<'uploadfile'>>,
    file: Received,
  ): Promise<AnyAnswer> {
    const { files, destinations, now } = this.#parts;
    const { from, mid } = params;
    const destination = destinations.of(project, params, ticket.sessionId);
    await destination.check();
    const content = recogniseContent(file.bytes);
    const mtype = params.mtype === MTYPES.otherFile ? content.mtype : params.mtype;
    const { url, surl } = await files.store({
      project: project.pid,
      sender: from,
      mid,
      bytes: file.bytes,
      content,
      filename: file.filename,
      // MD5 is known already, and who makes two files with one only spoils a message of its own.
      origin: [project.pid, method, from, ticket.target, mid, file.md5].join(':'),
      readableUntil: isStored(project, mtype) ? undefined : now() + UNSTORED_DAYS * DAY_MS,
    });
    const msg = rawText(formatFileMessage({ url, size: file.bytes.length, surl }));
    return { mtime: await destination.send({ mtype, mid, msg, attrs: file.attrs }) };
  }
}

/** @throws RtmError 200004 without a sign, 200003 for a wrong one. */
function receivedFile(project: Project, token: string, params: AnyParams): Received {
  const bytes = params.file instanceof RawString ? params.file.bytes : params.file;
  const md5 = hash('md5', bytes, 'hex');
  const needsSign = !project.settings.allowsUnsignedFiles;
  const attrs = readFileAttrs(params.attrs) ?? (needsSign ? undefined : NO_ATTRS);
  if (attrs === undefined || (attrs.sign === undefined && needsSign)) {
    const problem = attrs === undefined ? 'is no JSON object' : 'has no sign';
    throw new RtmError(ERROR_CODES.attrsWithoutSignOrExt, `attrs: it ${problem}`);
  }
  if (attrs.sign !== undefined && !isSignedAs(attrs.sign, fileSignText(md5, token))) {
    throw new RtmError(ERROR_CODES.invalidFileOrSignOrToken, 'attrs: the sign does not fit the file and the token');
  }
  return { bytes, md5, filename: attrs.filename, attrs: rawText(attrs.shared) };
}

function isSignedAs(sign: string, text: string): boolean {
  const given = Buffer.from(sign);
  const wanted = Buffer.from(hash('md5', text, 'hex'));
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function rawText(text: string): RawString {
  return new RawString(Buffer.from(text));
}
