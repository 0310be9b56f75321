// Runs in a browser page and does on the wire what the official web RTC SDK does, in its order and with its faults: what
// a server has to live with. Bundled for the page by official-page.ts.
import { connectWebSocket } from '@parley/fpnn/browser';

const HEARTBEAT_MS = 2000;
const DROP_MS = 10_000;
const SIGNAL_MTYPE = 32;
const TYPES = { enter: 1, leave: 2, camera: { closed: 3, opened: 4 }, microphone: { closed: 5, opened: 6 } };

/** One user in one room. */
class OfficialPage {
  log = [];
  players = new Map();
  publisher;
  camera = true;
  microphone = true;
  isKickedOut = false;
  relogins = 0;
  #options;
  #rtm;
  #rid;
  #publishing = false;
  #timers = [];
  #lastMid = BigInt(Date.now()) * 1000n;

  /** @param options - `{ rtmEndpoint, rtcEndpoint, scheme, pid, uid, token }` */
  constructor(options) {
    this.#options = options;
  }

  async login() {
    const { rtmEndpoint, scheme, pid, uid, token } = this.#options;
    const rtm = await connectWebSocket({
      url: `${scheme}://${rtmEndpoint}/service/websocket`,
      onQuest: (quest) => this.#handlePush(quest),
      onClose: () => rtm === this.#rtm && this.#handleLoss(),
    });
    const answer = await rtm.quest('auth', { pid, uid, token, version: 'WebSocket_2.7.6' });
    if (answer.get('ok') !== true) throw new Error('the login was refused');
    this.#rtm = rtm;
  }

  /** Publishes first, and enters the room then. */
  async enterRoom(rid) {
    await this.#publish(rid);
    await this.#rtm.quest('enterroom', { rid });
    this.#rid = rid;
    await this.#signal(TYPES.camera[this.camera ? 'opened' : 'closed']);
    await this.#signal(TYPES.microphone[this.microphone ? 'opened' : 'closed']);
    const members = await this.#rtm.quest('getroommembers', { rid });
    for (const uid of members.get('uids')) if (uid !== this.#options.uid) void this.#play(uid);
    await this.#sendEnter(rid);
    this.#timers.push(setInterval(() => this.#heartbeat(), HEARTBEAT_MS));
    this.#timers.push(setInterval(() => this.#dropSilent(), 1000));
  }

  async leaveRoom() {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    await this.#signal(TYPES.leave);
    await this.#rtm.quest('leaveroom', { rid: this.#rid });
    this.#rid = undefined;
    this.publisher.close();
    for (const uid of [...this.players.keys()]) this.#stopPlaying(uid);
  }

  async setDevice(device, isOpen) {
    this[device] = isOpen;
    const kind = device === 'camera' ? 'video' : 'audio';
    for (const { track } of this.publisher.getSenders()) if (track?.kind === kind) track.enabled = isOpen;
    await this.#signal(TYPES[device][isOpen ? 'opened' : 'closed']);
  }

  /** Cuts the connection as a bad network does. */
  loseConnection() {
    this.#rtm.close();
  }

  /** A later offer replaces what is published; the old connection is left as it is. */
  async publishAgain() {
    await this.#publish(this.#rid);
  }

  async #publish(rid) {
    if (this.#publishing) throw new Error('300002');
    this.#publishing = true;
    const connection = new RTCPeerConnection();
    connection.addTransceiver('audio', { direction: 'sendonly' });
    connection.addTransceiver('video', { direction: 'sendonly' });
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    for (const track of stream.getTracks()) connection.addTrack(track);
    const sdp = await this.#offer(connection, 'OnUserPublish', 'publish', rid, this.#options.uid);
    this.#publishing = false;
    await connection.setRemoteDescription({ type: 'answer', sdp });
    this.publisher = connection;
  }

  /** A connection of its own for each, which is never closed from here. Nothing is tried again. */
  async #play(uid) {
    this.#stopPlaying(uid);
    const connection = new RTCPeerConnection();
    const player = { connection, lastHeard: performance.now(), video: document.createElement('video') };
    this.players.set(uid, player);
    this.log.push(`play ${uid}`);
    player.video.muted = true;
    player.video.autoplay = true;
    player.video.srcObject = new MediaStream();
    document.body.append(player.video);
    connection.ontrack = ({ track }) => player.video.srcObject.addTrack(track);
    connection.addTransceiver('audio', { direction: 'recvonly' });
    connection.addTransceiver('video', { direction: 'recvonly' });
    try {
      const sdp = await this.#offer(connection, 'OnUserPlay', 'play', this.#rid, uid);
      await connection.setRemoteDescription({ type: 'answer', sdp });
    } catch (error) {
      this.log.push(`play ${uid} failed: ${error.code ?? error.message}`);
    }
  }

  #stopPlaying(uid) {
    const player = this.players.get(uid);
    player?.connection.close();
    player?.video.remove();
    this.players.delete(uid);
  }

  async #offer(connection, method, path, rid, uid) {
    const { rtcEndpoint, scheme, pid } = this.#options;
    await connection.setLocalDescription(await connection.createOffer());
    const peer = await connectWebSocket({ url: `${scheme}://${rtcEndpoint}/service/websocket` });
    const answer = await peer.quest(
      method,
      {
        api: `http://${rtcEndpoint}/rtc/v1/${path}/`,
        tid: Math.floor(Math.random() * 2 ** 28).toString(16),
        streamurl: `webrtc://${rtcEndpoint}/${pid}/${rid}/${uid}`,
        clientip: '',
        sdp: connection.localDescription.sdp,
      },
      { timeoutMs: 10_000 },
    );
    return answer.get('sdp').text;
  }

  async #handleLoss() {
    if (this.isKickedOut) return;
    await this.login();
    this.relogins += 1;
    if (this.#rid === undefined) return;
    // The id goes out as text here, and both devices are reported as on.
    await this.#rtm.quest('enterroom', { rid: String(this.#rid) });
    this.publisher.close();
    await this.#publish(this.#rid);
    this.camera = true;
    this.microphone = true;
    await this.#signal(TYPES.camera.opened);
    await this.#signal(TYPES.microphone.opened);
    await this.#sendEnter(String(this.#rid));
  }

  #handlePush(quest) {
    quest.answer({});
    if (quest.method === 'kickout') this.isKickedOut = true;
    if (!['ping', 'kickout', 'kickoutroom', 'pushroommsg'].includes(quest.method))
      this.log.push(`push ${quest.method}`);
    if (quest.method !== 'pushroommsg' || quest.params.get('mtype') !== SIGNAL_MTYPE) return;
    const from = quest.params.get('from');
    const signal = JSON.parse(quest.params.get('attrs').text);
    if (signal.name === 'rtc-heartbeat') {
      const player = this.players.get(from);
      if (player === undefined) void this.#play(from);
      else Object.assign(player, { lastHeard: performance.now(), heartbeat: signal });
    } else if (signal.name === 'rtc-signal' && quest.params.get('rid') === this.#rid) {
      this.log.push(`signal ${signal.type} of ${from}`);
      if (signal.type === TYPES.enter) void this.#play(from);
      if (signal.type === TYPES.leave) this.#stopPlaying(from);
    }
  }

  #dropSilent() {
    for (const [uid, { lastHeard }] of this.players) {
      if (performance.now() - lastHeard < DROP_MS) continue;
      this.log.push(`dropped ${uid}`);
      this.#stopPlaying(uid);
    }
  }

  #heartbeat() {
    const attrs = `{"name":"rtc-heartbeat", "cameraEnabled":${+this.camera}, "microphoneEnabled":${+this.microphone}}`;
    this.#send(this.#rid, attrs).catch(() => undefined); // The connection is away.
  }

  #signal(type) {
    return this.#send(this.#rid, `{"name":"rtc-signal", "type":${type}}`);
  }

  /** The microphone is reported as the camera is. */
  #sendEnter(rid) {
    const on = +this.camera;
    return this.#send(
      rid,
      `{"name":"rtc-signal", "type":${TYPES.enter}, "cameraEnabled":${on}, "microphoneEnabled":${on}}`,
    );
  }

  #send(rid, attrs) {
    this.#lastMid += 1n;
    return this.#rtm.quest('sendroommsg', { rid, mid: this.#lastMid, mtype: SIGNAL_MTYPE, msg: '', attrs });
  }
}

const statsOf = async (connection, type) => {
  const all = [...(await connection.getStats()).values()].filter((entry) => entry.type === type);
  return {
    audio: all.find(({ kind }) => kind === 'audio') ?? {},
    video: all.find(({ kind }) => kind === 'video') ?? {},
  };
};

let page;
/** What the driver calls. Everything that it gets is JSON. */
globalThis.official = {
  async login(options) {
    page = new OfficialPage(options);
    await page.login();
  },
  enterRoom: (rid) => page.enterRoom(rid),
  leaveRoom: () => page.leaveRoom(),
  setDevice: (device, isOpen) => page.setDevice(device, isOpen),
  loseConnection: () => page.loseConnection(),
  publishAgain: () => page.publishAgain(),
  state: () => ({
    log: page.log,
    playing: [...page.players.keys()],
    heartbeats: Object.fromEntries([...page.players].map(([uid, { heartbeat }]) => [uid, heartbeat])),
    isKickedOut: page.isKickedOut,
    relogins: page.relogins,
  }),
  async received(uid) {
    const player = page.players.get(uid);
    if (player === undefined) return { audio: 0, frames: 0 };
    const { audio, video } = await statsOf(player.connection, 'inbound-rtp');
    return { audio: audio.packetsReceived ?? 0, frames: video.framesDecoded ?? 0 };
  },
  offer: () => page.publisher.localDescription.sdp,
};
