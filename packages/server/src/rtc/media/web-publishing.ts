import { ERROR_CODES, RtmError } from '@parley/contract';
import type { MediaEnd, MediaEngine, MemberAddress } from '@parley/media';
import type { Project } from '../../projects/project-settings.ts';
import type { RtcRoom } from '../rtc-room.ts';
import type { RtcRooms } from '../rtc-rooms.ts';
import type { Publication, WebMembers } from '../web-members.ts';
import { mediaAddressOf, mediaRoomOf, parseMediaRoom } from './media-names.ts';
import { inTime } from './media-refusals.ts';
import type { WebViewers } from './web-viewers.ts';

export type PublishOffer = {
  readonly project: Project;
  readonly rid: bigint;
  readonly uid: bigint;
  /** Where it came from. */
  readonly address: string;
  readonly sdp: string;
};

/** One offer. */
type Attempt = { isRevoked: boolean };
/** What a user publishes in a room. */
type Stream = {
  /** Those that wait for their answers. */
  readonly attempts: Set<Attempt>;
  /** The last one that the engine was given. */
  latest: Attempt | undefined;
  publication: Publication | undefined;
};

type Parts = { engine: MediaEngine; members: WebMembers; rooms: RtcRooms; viewers: WebViewers };

/** What browsers publish: allowed first, then given to the engine, and ended on whichever side it ends. */
export class WebPublishing {
  readonly #parts: Parts;
  /** By the engine's names of room and member. */
  readonly #streams = new Map<string, Map<string, Stream>>();

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.engine.on('publisherEnded', (address, end) => this.#handleEnded(address, end));
  }

  /**
   * A stream that the user publishes in the room already is replaced, if this one is taken.
   *
   * @returns the SDP answer, within 10 s.
   * @throws RtmError 200055, 200045, 700008, 700009, 200034 for a bad offer, 700001 when it is worth another try.
   */
  async publish({ project, rid, uid, address, sdp }: PublishOffer): Promise<string> {
    const { engine, members, viewers } = this.#parts;
    members.requireMayPublish({ project, rid, uid });
    const media = mediaAddressOf({ pid: project.pid, rid }, uid);
    const stream = this.#stream(media);
    const attempt: Attempt = { isRevoked: false };
    stream.attempts.add(attempt);
    stream.latest = attempt;
    const made = engine.publish({ ...media, offer: sdp });
    try {
      const { answer } = await inTime(made);
      if (attempt.isRevoked) throw new RtmError(ERROR_CODES.rtcTryAgain, 'streamurl: the user was removed meanwhile');
      const publication: Publication = { project, rid, uid, onEnded: () => this.#drop(media, publication) };
      members.publish(publication);
      stream.publication = publication;
      viewers.handlePublished(project, rid, uid, address);
      return answer;
    } catch (error) {
      this.#closeWhenMade(made, media, attempt);
      throw error;
    } finally {
      stream.attempts.delete(attempt);
      this.#forgetIfEnded(media);
    }
  }

  /** Whether an offer of the user was answered whose stream has not ended. */
  isPublishing(room: RtcRoom, uid: bigint): boolean {
    return this.#isPublishing(mediaAddressOf(room, uid));
  }

  /** Whether somebody publishes in a room, or is about to, who is not a member of it, or not yet. */
  hasNewcomers(room: RtcRoom): boolean {
    const streams = this.#streams.get(mediaRoomOf(room)) ?? new Map<string, Stream>();
    return [...streams.keys()].some((member) => !room.members.has(BigInt(member)));
  }

  /** Whether an offer of the user waits for its answer. */
  isAnswering(address: MemberAddress): boolean {
    return (this.#find(address)?.attempts.size ?? 0) > 0;
  }

  /** Offers that wait for their answers will be refused. */
  revoke(address: MemberAddress): void {
    for (const attempt of this.#find(address)?.attempts ?? []) attempt.isRevoked = true;
  }

  /** What is published in a room. */
  publicationsIn(roomName: string): Publication[] {
    return [...(this.#streams.get(roomName)?.values() ?? [])].flatMap(({ publication }) => publication ?? []);
  }

  /** A stream has gone without a word of the engine. Its user is expected back. */
  handleLost(publication: Publication): void {
    const { project, rid, uid } = publication;
    const media = mediaAddressOf({ pid: project.pid, rid }, uid);
    const stream = this.#find(media);
    if (stream?.publication !== publication) return;
    stream.publication = undefined;
    this.#forgetIfEnded(media);
    const { members, rooms, viewers } = this.#parts;
    const isMember = rooms.find(project.pid, rid)?.members.has(uid) ?? false;
    members.unpublish(publication);
    if (!isMember) viewers.handleUnpublished(project.pid, rid, uid, false);
  }

  #handleEnded(address: MemberAddress, end: MediaEnd): void {
    if (end !== 'lost' && end !== 'timeout') return; // Ended from here, or replaced.
    const publication = this.#find(address)?.publication;
    if (publication !== undefined) this.handleLost(publication);
  }

  /** Its user is no member, or did not become one. */
  #drop(media: MemberAddress, publication: Publication): void {
    const stream = this.#find(media);
    if (stream !== undefined && stream.publication === publication) {
      stream.publication = undefined;
      this.#forgetIfEnded(media);
    }
    if (!this.isAnswering(media)) this.#close(media);
    // Whoever listens to the end of the membership is told in this turn, and knows more of the reason.
    const { pid, rid } = parseMediaRoom(media.room);
    queueMicrotask(() => {
      if (!this.#isPublishing(media)) this.#parts.viewers.handleUnpublished(pid, rid, publication.uid, false);
    });
  }

  #isPublishing(media: MemberAddress): boolean {
    return this.#find(media)?.publication !== undefined;
  }

  /** A refused stream must not flow; nor must what it would have replaced, once it has. */
  #closeWhenMade(made: Promise<unknown>, media: MemberAddress, attempt: Attempt): void {
    made.then(
      () => {
        const stream = this.#find(media);
        if (stream?.latest !== undefined && stream.latest !== attempt) return; // A newer one replaces it.
        this.#close(media);
        if (stream?.publication !== undefined) this.handleLost(stream.publication);
      },
      () => {
        const stream = this.#find(media);
        if (stream?.latest === attempt) stream.latest = undefined; // Nothing was made.
      },
    );
  }

  #close(media: MemberAddress): void {
    this.#parts.engine.closePublisher(media).catch(() => undefined); // Its worker is gone, and the stream with it.
  }

  #find({ room, member }: MemberAddress): Stream | undefined {
    return this.#streams.get(room)?.get(member);
  }

  #stream({ room, member }: MemberAddress): Stream {
    const streams = this.#streams.get(room) ?? new Map<string, Stream>();
    this.#streams.set(room, streams);
    const stream = streams.get(member) ?? { attempts: new Set(), latest: undefined, publication: undefined };
    streams.set(member, stream);
    return stream;
  }

  #forgetIfEnded({ room, member }: MemberAddress): void {
    const streams = this.#streams.get(room);
    const stream = streams?.get(member);
    if (streams === undefined || stream === undefined) return;
    if (stream.attempts.size > 0 || stream.publication !== undefined) return;
    streams.delete(member);
    if (streams.size === 0) this.#streams.delete(room);
  }
}
