import type { MediaKind, MemberLevel } from '../media-engine.ts';
import { RoomPolicy, type RoomRule } from '../room-policy.ts';
import type { BitrateLimits } from './bitrate-advice.ts';
import { Member } from './member.ts';
import type { Player } from './player.ts';
import { SpeakerDetector } from './speaker-detector.ts';

/** What a room tells. */
export type RoomEvents = {
  levels(levels: readonly MemberLevel[]): void;
  activeSpeaker(member: string | undefined): void;
  voice(member: string, data: Uint8Array): void;
};

const KINDS: readonly MediaKind[] = ['audio', 'video'];

/** The members of one room, with the rules for what is forwarded. */
export class Room {
  readonly #members = new Map<string, Member>();
  readonly #players = new Map<string, Player>();
  readonly #policy = new RoomPolicy();
  readonly #detector = new SpeakerDetector();
  readonly #limits: BitrateLimits;
  readonly #events: RoomEvents;
  #wasHeard = false;

  constructor(limits: BitrateLimits, events: RoomEvents) {
    this.#limits = limits;
    this.#events = events;
  }

  get players(): ReadonlyMap<string, Player> {
    return this.#players;
  }

  get members(): ReadonlyMap<string, Member> {
    return this.#members;
  }

  /** The member of that name; made when it is not there yet. */
  member(name: string): Member {
    let member = this.#members.get(name);
    if (member === undefined) {
      member = new Member(name, this.#limits);
      member.onVoice = this.#voiceHandler(name);
      for (const kind of KINDS) member.channels[kind].setForbidden(this.#policy.has({ member: name, kind }));
      this.#members.set(name, member);
    }
    return member;
  }

  addPlayer(player: Player): void {
    this.#players.set(player.id, player);
    player.member.players.add(player);
    const { viewer } = player;
    if (viewer === undefined) return;
    for (const kind of KINDS) {
      player.setBlocked(kind, this.#policy.has({ member: player.member.name, kind, viewer }));
    }
  }

  removePlayer(player: Player): void {
    player.close();
    player.member.players.delete(player);
    this.#players.delete(player.id);
    this.dropIfIdle(player.member);
  }

  /** Forgets a member that neither sends, nor is about to, nor is watched. */
  dropIfIdle(member: Member): void {
    const { name, publisher, expected, players } = member;
    const isIdle = publisher === undefined && expected.size === 0 && players.size === 0;
    if (isIdle && this.#members.get(name) === member) this.#members.delete(name);
  }

  setRule(rule: RoomRule, isOn: boolean): void {
    this.#policy.set(rule, isOn);
    const member = this.#members.get(rule.member);
    if (member === undefined) return;
    if (rule.viewer === undefined) {
      member.channels[rule.kind].setForbidden(isOn);
      return;
    }
    for (const player of member.players) {
      if (player.viewer === rule.viewer) player.setBlocked(rule.kind, isOn);
    }
  }

  setHearsVoices(isWanted: boolean): void {
    this.#policy.hearsVoices = isWanted;
    for (const member of this.#members.values()) member.onVoice = this.#voiceHandler(member.name);
  }

  /** Every 20 ms or so. */
  handleTick(nowMs: number): void {
    for (const member of this.#members.values()) member.handleTick(nowMs);
  }

  /** Every 200 ms. */
  handleLevelTurn(): void {
    const levels: MemberLevel[] = [];
    for (const member of this.#members.values()) {
      const level = member.takeLevel();
      if (level > 0) levels.push({ member: member.name, level });
    }
    // One empty list says that nobody is heard any more.
    if (levels.length > 0 || this.#wasHeard) this.#events.levels(levels);
    this.#wasHeard = levels.length > 0;
    if (this.#detector.handleLevels(levels)) this.#events.activeSpeaker(this.#detector.speaker);
  }

  handleSecond(nowMs: number): void {
    for (const member of this.#members.values()) member.handleSecond(nowMs);
  }

  #voiceHandler(name: string): ((data: Uint8Array) => void) | undefined {
    return this.#policy.hearsVoices ? (data) => this.#events.voice(name, data) : undefined;
  }
}
