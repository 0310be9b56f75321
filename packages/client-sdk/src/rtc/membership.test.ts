import { ADMIN_COMMANDS } from '@parley/contract';
import { beforeEach, describe, expect, test } from 'vitest';
import { Membership, SIGNAL_SILENCE_MS } from './membership.ts';

const OWN = 1n;
const [ADA, BOB] = [10n, 11n];

let log: string[];
let now: number;
let membership: Membership;

beforeEach(() => {
  log = [];
  now = 0;
  membership = new Membership({
    uid: OWN,
    isVideo: true,
    now: () => now,
    onJoined: ({ uid }) => log.push(`joined ${uid}`),
    onLeft: ({ uid }) => log.push(`left ${uid}`),
    onChanged: (member, previous) => {
      const names = Object.keys(member) as (keyof typeof member)[];
      const changed = names.filter((name) => member[name] !== previous[name]);
      log.push(`${member.uid}: ${changed.map((name) => `${name} ${member[name]}`).join(', ')}`);
    },
  });
});

const reset = (uids: bigint[], roles: { administrators?: bigint[]; owner?: bigint } = {}) =>
  membership.reset({ uids, administrators: roles.administrators ?? [], owner: roles.owner ?? 0n });

describe('the list of the server', () => {
  test('is the truth about who is in, and in what role', () => {
    reset([OWN, ADA], { owner: ADA });
    reset([OWN, BOB], { owner: OWN, administrators: [BOB] });
    expect(log).toEqual(['joined 1', 'joined 10', 'left 10', 'joined 11', '1: role owner']);
    expect(membership.members.map(({ uid, role }) => [uid, role])).toEqual([
      [OWN, 'owner'],
      [BOB, 'administrator'],
    ]);
  });

  test('changes nothing when it says the same again', () => {
    reset([OWN, ADA], { owner: ADA, administrators: [OWN] });
    log.length = 0;
    reset([OWN, ADA], { owner: ADA, administrators: [OWN] });
    expect(log).toEqual([]);
  });

  test('leaves what is known of devices as it is', () => {
    reset([OWN, ADA]);
    membership.handleDevice(ADA, 'camera', false);
    reset([OWN, ADA]);
    expect(membership.find(ADA)).toMatchObject({ isCameraOpen: false, isMicrophoneOpen: true });
  });
});

describe('pushes', () => {
  test('tell of who comes and goes, once each', () => {
    reset([OWN]);
    membership.handleEntered(ADA);
    membership.handleEntered(ADA);
    membership.handleLeft(ADA);
    membership.handleLeft(ADA);
    expect(log).toEqual(['joined 1', 'joined 10', 'left 10']);
  });

  test('tell of commands', () => {
    reset([OWN, ADA], { owner: OWN });
    log.length = 0;
    for (const command of Object.values(ADMIN_COMMANDS)) membership.handleCommand(command, [ADA, BOB]);
    expect(log).toEqual([
      '10: role administrator',
      '10: role member',
      '10: isAudioForbidden true',
      '10: isAudioForbidden false',
      '10: isVideoForbidden true',
      '10: isVideoForbidden false',
      '10: isMicrophoneOpen false',
      '10: isCameraOpen false',
    ]);
  });

  test('do not make an owner an administrator', () => {
    reset([OWN, ADA], { owner: OWN });
    membership.handleCommand(ADMIN_COMMANDS.appointAdministrators, [OWN]);
    expect(membership.find(OWN)?.role).toBe('owner');
  });
});

describe('signals', () => {
  test('tell what devices are', () => {
    reset([OWN, ADA]);
    log.length = 0;
    membership.handleSignal(ADA, { kind: 'heartbeat', camera: false, microphone: true });
    membership.handleSignal(ADA, { kind: 'microphone', isOpen: false });
    membership.handleSignal(ADA, { kind: 'enter', camera: true, microphone: true });
    expect(log).toEqual([
      '10: isCameraOpen false',
      '10: isMicrophoneOpen false',
      '10: isMicrophoneOpen true, isCameraOpen true',
    ]);
  });

  test('in the own name change nothing', () => {
    reset([OWN]);
    membership.handleSignal(OWN, { kind: 'microphone', isOpen: true });
    membership.handleSignal(OWN, { kind: 'leave' });
    expect(membership.find(OWN)).toMatchObject({ isMicrophoneOpen: false });
  });

  test('of a member that the server has named cannot end it', () => {
    reset([OWN, ADA]);
    membership.handleSignal(ADA, { kind: 'leave' });
    now += 2 * SIGNAL_SILENCE_MS;
    membership.dropSilent();
    expect(membership.find(ADA)).toBeDefined();
  });

  test.each([
    { kind: 'enter', camera: true, microphone: false },
    { kind: 'heartbeat', camera: true, microphone: false },
  ] as const)('a $kind of somebody unknown makes a member, until it is silent for 10 s', (signal) => {
    reset([OWN]);
    membership.handleSignal(BOB, signal);
    expect(membership.find(BOB)).toMatchObject({ isCameraOpen: true, isMicrophoneOpen: false });
    now += SIGNAL_SILENCE_MS - 1;
    membership.dropSilent();
    membership.handleSignal(BOB, { kind: 'heartbeat', camera: true, microphone: false });
    now += SIGNAL_SILENCE_MS - 1;
    membership.dropSilent();
    expect(membership.find(BOB)).toBeDefined();
    now += 1;
    membership.dropSilent();
    expect(membership.find(BOB)).toBeUndefined();
  });

  test('a leave of somebody of whom only signals tell ends it', () => {
    reset([OWN]);
    membership.handleSignal(BOB, { kind: 'heartbeat', camera: true, microphone: true });
    membership.handleSignal(BOB, { kind: 'leave' });
    expect(log).toEqual(['joined 1', 'joined 11', 'left 11']);
  });

  test('do not matter for the life of a member once the server has named it', () => {
    reset([OWN]);
    membership.handleSignal(BOB, { kind: 'heartbeat', camera: true, microphone: true });
    membership.handleEntered(BOB);
    now += 2 * SIGNAL_SILENCE_MS;
    membership.dropSilent();
    expect(membership.find(BOB)).toBeDefined();
  });
});

test('a blocked voice is a mark of this client alone', () => {
  reset([OWN, ADA]);
  membership.setBlocked(ADA, { isVoiceBlocked: true });
  expect(membership.find(ADA)).toMatchObject({ isVoiceBlocked: true, isAudioForbidden: false });
});
