import { hash, randomBytes } from 'node:crypto';
import { ERROR_CODES, MTYPES, RtmError } from '@parley/contract';
import type { Database } from '../storage/database.ts';
import { completeFile, type RegisteredFile, registerFile } from '../storage/file-register.ts';
import type { OutageRetry } from '../storage/outage-retry.ts';
import type { FileContent } from './file-content.ts';
import type { FileLinks } from './file-links.ts';
import { type FileStore, thumbnailKey } from './file-store.ts';
import type { Thumbnails } from './thumbnails.ts';

/** A file that comes in, checked. */
export type IncomingFile = {
  project: number;
  sender: bigint;
  /** Of the message that it is sent with; 0 when it is sent with none. */
  mid: bigint;
  bytes: Uint8Array;
  content: FileContent;
  filename: string | undefined;
  /** Names the send: a repeat of the same file with the same origin is the same file. Absent: always another file. */
  origin: string | undefined;
  /** In ms; undefined: as long as the message lives that it is sent with. */
  readableUntil: number | undefined;
};

/** Where receivers find a file. */
export type StoredFile = { url: string; surl: string | undefined };

const NAME_BYTES = 24;
/** No part of a name; the database does not take all of them. */
const CONTROL_CHARACTERS = /\p{Cc}/gu;

type Dependencies = {
  db: Database;
  store: FileStore;
  links: FileLinks;
  thumbnails: Thumbnails;
  outage: OutageRetry;
  /** How long a file is kept that no message names; longer than any send takes. */
  orphanKeepMs: number;
  now: () => number;
};

/** Stores files. */
export class FileService {
  readonly #parts: Dependencies;
  /** Bytes of files stored, thumbnails left out. */
  storedBytes = 0;
  storedCount = 0;

  constructor(parts: Dependencies) {
    this.#parts = parts;
  }

  /**
   * Stores a file and its thumbnail; both are durable when this resolves. First it is written down in the database, so
   * that whatever is stored and never named by a message is found and removed.
   */
  async store(file: IncomingFile): Promise<StoredFile> {
    const { links } = this.#parts;
    const registered = await this.#register(file);
    const { name, thumbnailSize } = registered.isStored ? registered : await this.#storeBytes(file, registered);
    const url = links.file(name, file.content.ext ?? extOf(file.filename));
    return { url, surl: thumbnailSize === null ? undefined : links.thumbnail(name) };
  }

  #register(file: IncomingFile): Promise<RegisteredFile> {
    const { db, outage, orphanKeepMs, now } = this.#parts;
    const name = randomBytes(NAME_BYTES).toString('base64url');
    return outage.run(() =>
      registerFile(db, {
        project: file.project,
        name,
        origin: hash('sha256', file.origin ?? name, 'buffer'),
        sender: file.sender,
        mid: file.mid,
        size: file.bytes.length,
        contentType: file.content.contentType,
        filename: file.filename?.replace(CONTROL_CHARACTERS, ''),
        needsMessage: file.readableUntil === undefined,
        keepUntil: now() + orphanKeepMs,
      }),
    );
  }

  async #storeBytes(file: IncomingFile, { id, name }: RegisteredFile): Promise<RegisteredFile> {
    const { db, store, thumbnails, outage } = this.#parts;
    const { bytes, content, readableUntil } = file;
    const isImage = content.mtype === MTYPES.imageFile;
    const thumbnail = isImage ? await thumbnails.make(bytes, content.contentType) : undefined;
    if (thumbnail !== undefined) await store.put(thumbnailKey(name), thumbnail);
    await store.put(name, bytes);
    const change = {
      thumbnailSize: thumbnail?.length ?? null,
      keepUntil: readableUntil ?? 0,
      isSent: readableUntil === undefined,
    };
    const completed = await outage.run(() => completeFile(db, id, change));
    if (completed === undefined) {
      // The sweep has been here while the bytes were on their way, and will not come again.
      await store.remove(thumbnailKey(name));
      await store.remove(name);
      throw new RtmError(ERROR_CODES.fpnnUnknown, 'storing the file took too long; send it again with the same mid');
    }
    this.storedBytes += bytes.length;
    this.storedCount += 1;
    return completed;
  }
}

function extOf(filename: string | undefined): string | undefined {
  const dot = filename?.lastIndexOf('.') ?? -1;
  return dot > 0 ? filename?.slice(dot + 1) : undefined;
}
