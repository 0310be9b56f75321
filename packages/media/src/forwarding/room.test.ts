import { beforeEach, describe, expect, test } from 'vitest';
import { RecordingSink, rtpPacket } from '../../test/packets.ts';
import type { MemberLevel } from '../media-engine.ts';
import { OutgoingStream } from './outgoing-stream.ts';
import { Player } from './player.ts';
import { Publisher } from './publisher.ts';
import { Room } from './room.ts';

const NOW = 1_700_000_000_000;

describe('a room', () => {
  let room: Room;
  let told: { levels: (readonly MemberLevel[])[]; speakers: (string | undefined)[]; voices: string[] };

  beforeEach(() => {
    told = { levels: [], speakers: [], voices: [] };
    room = new Room(
      { floorBps: 1, capBps: 2 },
      {
        levels: (levels) => told.levels.push(levels),
        activeSpeaker: (member) => told.speakers.push(member),
        voice: (member, data) => told.voices.push(`${member} ${Buffer.from(data).toString('hex')}`),
      },
    );
  });

  const publish = (name: string) => {
    const member = room.member(name);
    const publisher = new Publisher(member, 1);
    const stream = publisher.addSection({
      kind: 'audio',
      payloadType: 111,
      audioLevelId: 1,
      sink: new RecordingSink(),
    });
    member.setPublisher(publisher);
    return { publisher, say: (sequenceNumber: number) => stream.handleMessage(rtpPacket({ sequenceNumber }), NOW) };
  };
  const play = (name: string, viewer?: string) => {
    const sink = new RecordingSink();
    const player = new Player(`${name}-${viewer}`, room.member(name), viewer);
    player.addStream(
      new OutgoingStream({ kind: 'audio', ssrc: 1, payloadType: 9, extensionId: 2, sink, firstSequenceNumber: 0 }),
    );
    room.addPlayer(player);
    player.connect();
    return { player, heard: () => sink.take().length };
  };

  test('remembers a member whose publisher is about to connect when its last player ends', () => {
    const early = play('ada');
    const member = room.member('ada');
    const publisher = new Publisher(member, 1);
    member.expected.add(publisher);
    room.removePlayer(early.player);
    expect(play('ada').player.member).toBe(member);
    member.expected.delete(publisher);
    for (const player of room.players.values()) room.removePlayer(player);
    expect(room.members.size).toBe(0);
  });

  test('keeps its rules for members and viewers who come later', () => {
    room.setRule({ member: 'ada', kind: 'audio' }, true);
    room.setRule({ member: 'bob', kind: 'audio', viewer: 'carl' }, true);
    const [ada, bob] = [publish('ada'), publish('bob')];
    const [ofAda, forCarl, forDora] = [play('ada', 'carl'), play('bob', 'carl'), play('bob', 'dora')];
    ada.say(1);
    bob.say(1);
    expect([ofAda.heard(), forCarl.heard(), forDora.heard()]).toEqual([0, 0, 1]);
    room.setRule({ member: 'ada', kind: 'audio' }, false);
    room.setRule({ member: 'bob', kind: 'audio', viewer: 'carl' }, false);
    ada.say(2);
    bob.say(2);
    expect([ofAda.heard(), forCarl.heard(), forDora.heard()]).toEqual([1, 1, 1]);
  });

  test('forgets members that neither send nor are watched, but not its rules', () => {
    room.setRule({ member: 'ada', kind: 'audio' }, true);
    const { player } = play('ada', 'bob');
    room.removePlayer(player);
    expect([...room.members.keys()]).toEqual([]);
    const ada = publish('ada');
    const again = play('ada', 'bob');
    ada.say(1);
    expect(again.heard()).toBe(0);
  });

  test('tells levels while somebody is heard, and once that nobody is', () => {
    const ada = publish('ada');
    room.handleLevelTurn();
    ada.say(1);
    room.handleLevelTurn();
    room.handleLevelTurn();
    room.handleLevelTurn();
    expect(told.levels).toEqual([[{ member: 'ada', level: 1 - 20 / 127 }], []]);
  });

  test('tells who speaks', () => {
    const ada = publish('ada');
    for (let turn = 0; turn < 10; turn += 1) {
      ada.say(turn);
      room.handleLevelTurn();
    }
    for (let turn = 0; turn < 10; turn += 1) room.handleLevelTurn();
    expect(told.speakers).toEqual(['ada', undefined]);
  });

  test('gives voices in order while they are wanted, and none that are forbidden', () => {
    const ada = publish('ada');
    ada.say(1);
    room.setHearsVoices(true);
    for (const sequenceNumber of [2, 4, 3]) ada.say(sequenceNumber);
    expect(told.voices).toEqual(['ada 010203', 'ada 010203']);
    room.setRule({ member: 'ada', kind: 'audio' }, true);
    ada.say(5);
    room.setRule({ member: 'ada', kind: 'audio' }, false);
    room.setHearsVoices(false);
    ada.say(6);
    expect(told.voices).toHaveLength(2);
  });

  test('lets a member without a browser be heard, until it publishes', () => {
    const { heard } = play('ada', 'bob');
    const member = room.member('ada');
    member.handleVoiceFrame({ data: new Uint8Array(40), timestampMs: 0 }, NOW);
    expect(heard()).toBe(1);
    const ada = publish('ada');
    member.handleVoiceFrame({ data: new Uint8Array(40), timestampMs: 20 }, NOW);
    expect(heard()).toBe(0);
    ada.say(1);
    expect(heard()).toBe(1);
    member.setPublisher(undefined);
    member.handleVoiceFrame({ data: new Uint8Array(40), timestampMs: 40 }, NOW);
    expect(heard()).toBe(1);
  });
});
