import { RtmError } from '@parley/contract/sdk';
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeTransport } from '../../test/fake-media.ts';
import { ManualTimers, settle } from '../../test/manual-timers.ts';
import { EMPTY_SAMPLE } from './link-sample.ts';
import { RoomMedia } from './room-media.ts';

const OWN = 1n;
const [ADA, BOB] = [10n, 11n];

let timers: ManualTimers;
let transport: FakeTransport;
let log: string[];
let offers: string[];
let refuse: RtmError | undefined;
let mayPublish: boolean;
let devices: { microphone: string | null; camera: string | null };
let media: RoomMedia<string>;

beforeEach(() => {
  timers = new ManualTimers();
  transport = new FakeTransport();
  [log, offers] = [[], []];
  refuse = undefined;
  mayPublish = true;
  devices = { microphone: 'microphone', camera: 'camera' };
  media = new RoomMedia<string>({
    uid: OWN,
    transport,
    timers,
    random: () => 1,
    entrance: {
      config: async () => ({ endpoint: 'wss://rtc.example', iceServers: [] }),
      offer: async (method, uid) => {
        offers.push(`${method} ${uid}`);
        if (refuse !== undefined) throw refuse;
        return String(uid);
      },
    },
    localTracks: () => devices,
    mayPublish: async () => mayPublish,
    on: {
      tracks: (uid, tracks) => log.push(`tracks of ${uid}: ${tracks.join(', ')}`),
      streamState: (uid, state) => log.push(`${uid} ${state}`),
      streamFailed: (uid, error) => log.push(`${uid} failed ${error?.code}`),
      replaced: () => log.push('replaced'),
      speaking: (uid, isSpeaking) => log.push(`${uid} ${isSpeaking ? 'speaks' : 'is silent'}`),
      activeSpeaker: (uid) => log.push(`active ${uid}`),
      levels: () => {},
      statistics: (statistics) => log.push(`statistics of ${[...statistics.keys()].join(', ')}`),
    },
  });
});

async function startWith(...uids: bigint[]): Promise<void> {
  media.start();
  for (const uid of uids) media.play(uid);
  await settle();
  for (const { events } of [...transport.published, ...transport.played]) events.onConnected();
  log.length = 0;
  offers.length = 0;
}

test('what is published and who is played connect, and tracks come when they do', async () => {
  media.start();
  media.play(ADA);
  await settle();
  expect(offers.sort()).toEqual(['OnUserPlay 10', 'OnUserPublish 1']);
  expect(transport.published[0]!.sent).toEqual({ microphone: 'microphone', camera: 'camera' });
  expect(log).toEqual(['1 connecting', '10 connecting']);
  transport.played[0]!.events.onConnected();
  expect(log.slice(2)).toEqual(['tracks of 10: voice of 10, video of 10', '10 connected']);
  expect(media.players).toEqual({ all: 1, connected: 1 });
});

test('a device that is switched while the offer is under way is right in the end', async () => {
  media.start();
  devices = { microphone: 'microphone', camera: null };
  await media.setTrack('camera', null);
  await settle();
  expect(transport.published[0]!.sent).toEqual({ microphone: 'microphone', camera: null });
});

test('a device that is switched while the connection is replaced is right on both', async () => {
  await startWith();
  media.publishAgain();
  await settle();
  devices = { microphone: 'another', camera: null };
  await media.setTrack('microphone', 'another');
  await media.setTrack('camera', null);
  expect(transport.published.map(({ sent }) => sent)).toEqual([devices, devices]);
});

test('playing twice makes one connection, and none before the start', async () => {
  media.play(ADA);
  await settle();
  expect(offers).toEqual([]);
  await startWith(ADA);
  media.play(ADA);
  await settle();
  expect(transport.played).toHaveLength(1);
});

describe('after a loss', () => {
  test('everybody is played anew, and the tracks of before stay until the new ones flow', async () => {
    await startWith(ADA, BOB);
    media.playAgain();
    await settle();
    expect(offers.sort()).toEqual(['OnUserPlay 10', 'OnUserPlay 11']);
    expect(log).toEqual(['10 reconnecting', '11 reconnecting']);
    expect(transport.played.map(({ isClosed }) => isClosed)).toEqual([false, false, false, false]);
    for (const { events } of transport.played.slice(2)) events.onConnected();
    expect(transport.played.map(({ isClosed }) => isClosed)).toEqual([true, true, false, false]);
    expect(media.players).toEqual({ all: 2, connected: 2 });
  });

  test('what is published is restored with the devices as they are', async () => {
    await startWith();
    devices = { microphone: 'microphone', camera: null };
    transport.published[0]!.events.onFailed();
    await settle();
    expect(transport.published[1]!.sent).toEqual(devices);
  });

  test('another page that publishes is left alone, until this one is asked to take over', async () => {
    await startWith();
    mayPublish = false;
    transport.published[0]!.events.onFailed();
    await settle();
    expect(log).toEqual(['1 reconnecting', 'replaced', '1 stopped']);
    await timers.pass(60_000);
    expect(transport.published).toHaveLength(1);
    media.publishAgain();
    await settle();
    // One that was stopped is started, and then made anew at once: the later of the two counts.
    transport.published.at(-1)!.events.onConnected();
    expect(media.stateOf(OWN)).toBe('connected');
  });

  test('offers that are refused are brought again, and told of', async () => {
    await startWith();
    refuse = new RtmError(700001, 'later');
    media.play(ADA);
    await settle();
    expect(log).toEqual(['10 connecting', '10 failed 700001']);
    refuse = undefined;
    await timers.pass(250);
    transport.played.at(-1)!.events.onConnected();
    expect(media.stateOf(ADA)).toBe('connected');
  });
});

test('levels make speakers, and statistics come once a second', async () => {
  await startWith(ADA);
  transport.played[0]!.counters = { ...EMPTY_SAMPLE, at: 1, audioLevel: 0.5 };
  await timers.pass(1000);
  expect(log).toEqual(['10 speaks', 'active 10', 'statistics of 1, 10']);
  expect([media.isSpeaking(ADA), media.activeSpeaker]).toEqual([true, ADA]);
});

test('who has left is silent, and gives no tracks', async () => {
  await startWith(ADA);
  transport.played[0]!.counters = { ...EMPTY_SAMPLE, at: 1, audioLevel: 0.5 };
  await timers.pass(250);
  log.length = 0;
  media.stopPlaying(ADA);
  expect(log).toEqual(['10 stopped', '10 is silent', 'active undefined', 'tracks of 10: ']);
  expect(transport.played[0]!.isClosed).toBe(true);
});

test('stopping closes everything, and no timer is left', async () => {
  await startWith(ADA, BOB);
  media.stop();
  await timers.pass(60_000);
  expect([...transport.published, ...transport.played].every(({ isClosed }) => isClosed)).toBe(true);
  expect(timers.waiting).toBe(0);
});
