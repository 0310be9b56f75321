// Runs in a browser page: a user in rooms of the client SDK. Bundled for the page by room-page.ts; everything that its
// driver gets is JSON.
import { ParleyClient } from '@parley/client-sdk';
import { listDevices, ParleyRtc } from '@parley/client-sdk/rtc';

const reconnect = { delayMaxMs: 100, delaySteps: 1, stableAfterMs: 0 };
let client;
let rtc;
let room;
let call;
let samples = 0;
const log = [];
const sockets = [];
const elements = new Map();

// The connection of the session can be cut, as a bad network does.
const WebSocketOfPage = globalThis.WebSocket;
globalThis.WebSocket = class extends WebSocketOfPage {
  constructor(...args) {
    super(...args);
    sockets.push(this);
  }
};

function follow(joined) {
  room = joined;
  const names = [
    'memberJoined',
    'memberLeft',
    'deviceChanged',
    'command',
    'replaced',
    'restored',
    'ended',
    'streamFailed',
  ];
  for (const name of names) {
    room.on(name, (event) => {
      log.push(`${name} ${describe(event)}`.trim());
      show();
    });
  }
  room.on('levels', () => {
    samples += 1;
  });
  show();
}

function followCall(given) {
  call = given;
  log.push(`call of ${given.peerUid}`);
  call.on('talking', (event) => follow(event.room));
  call.on('ended', ({ reason }) => log.push(`call ended ${reason}`));
}

function describe({ member, uid, device, isOpen, by, command, uids, reason, error }) {
  return [member?.uid ?? uid, device, isOpen, by, command, uids?.join(), reason, error?.code]
    .filter((part) => part !== undefined)
    .join(' ');
}

function show() {
  for (const { uid, isOwn } of room.members) {
    if (elements.has(uid)) continue;
    const video = document.createElement('video');
    Object.assign(video, { muted: isOwn, autoplay: true, width: 320, height: 240, srcObject: room.stream(uid) });
    elements.set(uid, video);
    document.body.append(video);
  }
}

/** A number that differs when the picture does. */
function picture(uid) {
  const video = elements.get(BigInt(uid));
  if (video === undefined || video.videoWidth === 0) return 'none';
  const canvas = new OffscreenCanvas(64, 48);
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0, 64, 48);
  const { data } = context.getImageData(0, 0, 64, 48);
  return data.reduce((hash, value) => (hash * 31 + value) | 0, 7).toString(16);
}

globalThis.driver = {
  async login({ endpoint, rtc: options, ...login }) {
    client = new ParleyClient({ endpoint, reconnect, ...login });
    rtc = new ParleyRtc(client, options);
    client.on('message', (message) => log.push(`message ${message.type}`));
    rtc.on('pulled', ({ roomId }) => log.push(`pulled ${roomId}`));
    rtc.on('incomingCall', (event) => followCall(event.call));
    await client.login();
  },
  async join(kind, roomId, options) {
    follow(await (kind === 'voice' ? rtc.joinVoiceRoom(roomId, options) : rtc.joinVideoRoom(roomId, options)));
  },
  async refusal(kind, roomId, options) {
    try {
      await this.join(kind, roomId, options);
    } catch (error) {
      return error.code ?? error.name;
    }
    return undefined;
  },
  async call(peerUid, type) {
    followCall(await rtc.call(peerUid, type));
  },
  accept: (options) => call.accept(options).then(() => undefined),
  hangUp: () => call.hangUp(),
  leave: () => room.leave(),
  setMicrophoneOpen: (isOpen) => room.setMicrophoneOpen(isOpen),
  setCameraOpen: (isOpen) => room.setCameraOpen(isOpen),
  setCamera: (deviceId) => room.setCamera(deviceId),
  command: (command, uids) => room.command(command, uids),
  setVoiceBlocked: (uid, isBlocked) => room.setVoiceBlocked(uid, isBlocked),
  setVideoBlocked: (uid, isBlocked) => room.setVideoBlocked(uid, isBlocked),
  publishAgain: () => room.publishAgain(),
  diagnose: (options) => rtc.diagnose(options),
  listDevices: () => listDevices(),
  say: (text) => client.sendChat({ roomId: room.id }, text).then(() => undefined),
  picture,
  /** Cuts the connection of the session. */
  loseConnection: () => {
    for (const socket of sockets) socket.close();
  },
  state: () => ({
    log,
    members: room === undefined ? [] : room.members.map((member) => ({ ...member, uid: Number(member.uid) })),
    streams: room === undefined ? {} : Object.fromEntries(room.members.map(({ uid }) => [uid, streamOf(uid)])),
    isMicrophoneOpen: room?.isMicrophoneOpen ?? false,
    isCameraOpen: room?.isCameraOpen ?? false,
    activeSpeaker: room?.activeSpeaker === undefined ? undefined : Number(room.activeSpeaker),
    quality: room?.quality,
    samples,
    ended: room?.ended?.reason,
  }),
};

function streamOf(uid) {
  return { state: room.streamState(uid), isSpeaking: room.isSpeaking(uid), ...room.statistics(uid) };
}
