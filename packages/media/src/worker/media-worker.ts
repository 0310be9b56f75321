import { randomInt } from 'node:crypto';
import { write } from 'sdp-transform';
import { monotonicNowMs } from '../forwarding/clock.ts';
import type { Member } from '../forwarding/member.ts';
import { OutgoingStream, type PacketSink } from '../forwarding/outgoing-stream.ts';
import { Player } from '../forwarding/player.ts';
import { Publisher } from '../forwarding/publisher.ts';
import { Room } from '../forwarding/room.ts';
import type { MediaEnd, RoomStatistics } from '../media-engine.ts';
import { MediaError } from '../media-error.ts';
import { finishAnswer } from '../sdp/answer.ts';
import { type Offer, readOffer } from '../sdp/offer.ts';
import { NativePeer, type NativePeerHandler, type Transport } from './native-peer.ts';
import { PeerTable } from './peer-table.ts';
import type { WorkerCallName, WorkerCalls, WorkerEvents, WorkerSettings } from './protocol.ts';
import type { UdpPort } from './udp-port.ts';

export type MediaWorkerHandler = {
  handleEvent<Name extends keyof WorkerEvents>(name: Name, params: WorkerEvents[Name]): void;
  /** A fault of ours that harmed one peer or one turn of a timer. */
  handleFault(error: unknown): void;
};

const TICK_MS = 20;
const LEVEL_TURN_MS = 200;
const SECOND_MS = 1000;
const GATHER_TIMEOUT_MS = 5000;
const SSRC_END = 2 ** 32;

/** The rooms of one worker process and their peers. */
export class MediaWorker {
  readonly #settings: WorkerSettings;
  readonly #port: UdpPort;
  readonly #transport: Transport;
  readonly #handler: MediaWorkerHandler;
  readonly #rooms = new Map<number, Room>();
  readonly #publishers = new PeerTable<Publisher>();
  readonly #players = new PeerTable<Player>();
  readonly #timers: NodeJS.Timeout[];
  #count = 0;
  #sentPackets = 0;

  /** @param port is kept, and closed with the worker */
  constructor(settings: WorkerSettings, port: UdpPort, handler: MediaWorkerHandler) {
    this.#settings = settings;
    this.#port = port;
    this.#transport = { port: port.number, bindAddress: settings.bindAddress, iceServers: settings.iceServers };
    this.#handler = handler;
    this.#timers = [
      this.#every(TICK_MS, (room) => room.handleTick(monotonicNowMs())),
      this.#every(LEVEL_TURN_MS, (room) => room.handleLevelTurn()),
      this.#every(SECOND_MS, (room) => room.handleSecond(monotonicNowMs())),
    ];
  }

  /** Packets sent to players so far, RTCP included. */
  get sentPackets(): number {
    return this.#sentPackets;
  }

  /** Serves a call. @throws MediaError when it is refused. */
  async call<Name extends WorkerCallName>(
    name: Name,
    params: WorkerCalls[Name]['params'],
  ): Promise<WorkerCalls[Name]['result']> {
    const calls: { [N in WorkerCallName]: (params: WorkerCalls[N]['params']) => unknown } = this.#calls;
    return (await calls[name](params)) as WorkerCalls[Name]['result'];
  }

  handleVoice(room: number, member: string, data: Uint8Array, timestampMs: number): void {
    const found = this.#rooms.get(room)?.members.get(member);
    found?.handleVoiceFrame({ data, timestampMs }, monotonicNowMs());
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const room of [...this.#rooms.keys()]) this.#closeRoom(room);
    this.#port.close();
  }

  readonly #calls: { [Name in WorkerCallName]: (params: WorkerCalls[Name]['params']) => unknown } = {
    publish: ({ room, member, offer }) => this.#publish(room, member, offer),
    play: (params) => this.#play(params),
    closePublisher: ({ room, member }) => this.#closePublishers(room, member),
    closePlayer: ({ room, player }) => {
      const found = this.#rooms.get(room)?.players.get(player);
      if (found !== undefined) this.#endPlayer(room, found, 'closed');
    },
    closeMember: ({ room, member }) => {
      this.#closePublishers(room, member);
      for (const player of [...(this.#rooms.get(room)?.players.values() ?? [])]) {
        if (player.viewer === member) this.#endPlayer(room, player, 'closed');
      }
    },
    closeRoom: ({ room }) => this.#closeRoom(room),
    setRules: ({ room, rules, isOn }) => {
      for (const rule of rules) this.#room(room).setRule(rule, isOn);
    },
    hearVoices: ({ room, isWanted }) => this.#room(room).setHearsVoices(isWanted),
    statistics: ({ room }) => this.#statistics(room),
  };

  async #publish(roomNumber: number, memberName: string, offerText: string): Promise<{ answer: string }> {
    const offer = readOffer(offerText, 'publish');
    const room = this.#room(roomNumber);
    const { publishersPerRoomMax, publishersPerWorkerMax } = this.#settings.limits;
    const isReplacement = this.#publishersOf(room, memberName).length > 0;
    if (!isReplacement && this.#publishers.countOf(room) >= publishersPerRoomMax) {
      throw new MediaError('limit', `the room has ${publishersPerRoomMax} publishers already`);
    }
    if (this.#publishers.size >= publishersPerWorkerMax) {
      throw new MediaError('limit', `the worker has ${publishersPerWorkerMax} publishers already`);
    }
    const member = room.member(memberName);
    // One that has not connected yet gives way at once; the one that sends gives way when this one connects.
    for (const waiting of this.#publishersOf(room, memberName)) {
      if (waiting !== member.publisher) this.#endPublisher(roomNumber, room, member, waiting, 'replaced');
    }
    const publisher = new Publisher(member, 1 + randomInt(SSRC_END - 1));
    member.expected.add(publisher);
    const peer = this.#createPeer('publisher', {
      handleConnected: () => this.#connectPublisher(roomNumber, room, member, publisher),
      handleLost: () => this.#endPublisher(roomNumber, room, member, publisher, 'lost'),
      handleFault: (error) => this.#handler.handleFault(error),
    });
    peer.onReceivingTrack((mid, track) => {
      const section = offer.sections.find((entry) => entry.mid === mid);
      if (section === undefined) return;
      const stream = publisher.addSection({ ...section, sink: track });
      track.onMessage((bytes) => stream.handleMessage(bytes, monotonicNowMs()));
    });
    this.#publishers.add(
      publisher,
      { peer, owner: room, key: memberName },
      () => {
        this.#endPublisher(roomNumber, room, member, publisher, 'timeout');
      },
      this.#settings.connectTimeoutMs,
    );
    try {
      return await this.#answer(peer, offer);
    } catch (error) {
      this.#publishers.remove(publisher);
      member.expected.delete(publisher);
      room.dropIfIdle(member);
      throw error;
    }
  }

  async #play(params: WorkerCalls['play']['params']): Promise<{ answer: string }> {
    const offer = readOffer(params.offer, 'play');
    const room = this.#room(params.room);
    const { playersPerRoomMax, playersPerWorkerMax } = this.#settings.limits;
    if (room.players.size >= playersPerRoomMax) {
      throw new MediaError('limit', `the room has ${playersPerRoomMax} players already`);
    }
    if (this.#players.size >= playersPerWorkerMax) {
      throw new MediaError('limit', `the worker has ${playersPerWorkerMax} players already`);
    }
    const player = new Player(params.player, room.member(params.member), params.viewer);
    const peer = this.#createPeer('player', {
      handleConnected: () => {
        this.#players.confirm(player);
        player.connect();
        this.#handler.handleEvent('playerConnected', { room: params.room, player: player.id });
      },
      handleLost: () => this.#endPlayer(params.room, player, 'lost'),
      handleFault: (error) => this.#handler.handleFault(error),
    });
    this.#addSendingTracks(peer, offer, player);
    room.addPlayer(player);
    this.#players.add(
      player,
      { peer, owner: room, key: player.id },
      () => {
        this.#endPlayer(params.room, player, 'timeout');
      },
      this.#settings.connectTimeoutMs,
    );
    try {
      return await this.#answer(peer, offer);
    } catch (error) {
      this.#players.remove(player);
      room.removePlayer(player);
      throw error;
    }
  }

  #addSendingTracks(peer: NativePeer, offer: Offer, player: Player): void {
    const name = `p${player.id}`;
    const used = new Set<number>();
    for (const section of offer.sections) {
      let ssrc: number;
      do ssrc = 1 + randomInt(SSRC_END - 1);
      while (used.has(ssrc));
      used.add(ssrc);
      const track = peer.addSendingTrack(section, { ssrc, name });
      player.addStream(
        new OutgoingStream({
          kind: section.kind,
          ssrc,
          payloadType: section.payloadType,
          extensionId: section.kind === 'audio' ? section.audioLevelId : section.absSendTimeId,
          sink: { send: (bytes) => this.#send(track, bytes) },
          firstSequenceNumber: randomInt(0x8000),
        }),
      );
      track.onMessage((bytes) => player.handleMessage(section.kind, bytes, monotonicNowMs()));
    }
  }

  #send(track: PacketSink, bytes: Buffer): boolean {
    const isSent = track.send(bytes);
    if (isSent) this.#sentPackets += 1;
    return isSent;
  }

  #createPeer(purpose: string, handler: NativePeerHandler): NativePeer {
    this.#count += 1;
    return new NativePeer(`${purpose}-${this.#count}`, this.#transport, handler);
  }

  async #answer(peer: NativePeer, offer: Offer): Promise<{ answer: string }> {
    const { publicAddress, bindAddress } = this.#settings;
    let answer: string;
    try {
      answer = await peer.answer(write(offer.sdp), GATHER_TIMEOUT_MS);
    } catch (error) {
      throw new MediaError('bad-offer', 'the offer cannot be answered', { cause: error });
    }
    const { port } = this.#transport;
    return { answer: finishAnswer(answer, { publicAddress, fallbackAddress: bindAddress ?? '127.0.0.1', port }) };
  }

  #connectPublisher(roomNumber: number, room: Room, member: Member, publisher: Publisher): void {
    this.#publishers.confirm(publisher);
    const before = member.publisher;
    publisher.isConnected = true;
    member.expected.delete(publisher);
    member.setPublisher(publisher);
    if (before !== undefined) this.#endPublisher(roomNumber, room, member, before, 'replaced');
    this.#handler.handleEvent('publisherConnected', { room: roomNumber, member: member.name });
  }

  #endPublisher(roomNumber: number, room: Room, member: Member, publisher: Publisher, end: MediaEnd): void {
    if (!this.#publishers.remove(publisher)) return;
    member.expected.delete(publisher);
    if (member.publisher === publisher) member.setPublisher(undefined);
    room.dropIfIdle(member);
    // While another one sends or is about to, the member has not ended; it was replaced.
    const isReplaced = this.#publishersOf(room, member.name).length > 0;
    this.#handler.handleEvent('publisherEnded', {
      room: roomNumber,
      member: member.name,
      end: isReplaced ? 'replaced' : end,
    });
  }

  #endPlayer(roomNumber: number, player: Player, end: MediaEnd): void {
    if (!this.#players.remove(player)) return;
    this.#rooms.get(roomNumber)?.removePlayer(player);
    this.#handler.handleEvent('playerEnded', { room: roomNumber, player: player.id, end });
  }

  #publishersOf(room: Room, member: string): Publisher[] {
    return this.#publishers.find(room, member);
  }

  #statistics(roomNumber: number): RoomStatistics {
    const room = this.#rooms.get(roomNumber);
    if (room === undefined) return { publishers: [], players: [] };
    return {
      publishers: this.#publishers.ownedBy(room).map((publisher) => publisher.statistics()),
      players: Array.from(room.players.values(), (player) => player.statistics()),
    };
  }

  #closePublishers(roomNumber: number, memberName: string): void {
    const room = this.#rooms.get(roomNumber);
    if (room === undefined) return;
    for (const publisher of this.#publishersOf(room, memberName)) {
      this.#endPublisher(roomNumber, room, room.member(memberName), publisher, 'closed');
    }
  }

  #closeRoom(roomNumber: number): void {
    const room = this.#rooms.get(roomNumber);
    if (room === undefined) return;
    for (const player of [...room.players.values()]) this.#endPlayer(roomNumber, player, 'closed');
    for (const name of this.#publishers.keysOf(room)) this.#closePublishers(roomNumber, name);
    this.#rooms.delete(roomNumber);
  }

  #room(number: number): Room {
    let room = this.#rooms.get(number);
    if (room === undefined) {
      const { bitrateFloorBps, bitrateCapBps } = this.#settings.limits;
      room = new Room(
        { floorBps: bitrateFloorBps, capBps: bitrateCapBps },
        {
          levels: (levels) => this.#handler.handleEvent('levels', { room: number, levels }),
          activeSpeaker: (member) => this.#handler.handleEvent('activeSpeaker', { room: number, member }),
          voice: (member, data) => this.#handler.handleEvent('voice', { room: number, member, data }),
        },
      );
      this.#rooms.set(number, room);
    }
    return room;
  }

  #every(intervalMs: number, action: (room: Room) => void): NodeJS.Timeout {
    return setInterval(() => {
      for (const room of this.#rooms.values()) {
        try {
          action(room);
        } catch (error) {
          this.#handler.handleFault(error);
        }
      }
    }, intervalMs);
  }
}
