// A process of synthetic publishers and viewers with full ICE, DTLS and SRTP. Its parent is `media-load.mjs`, which signals
// for them. Each packet carries the time it was sent, so that whoever gets it here knows how long it took.
import native from 'node-datachannel';

const AUDIO_BYTES = 100;
const VIDEO_BYTES = 1100;
const STAMP_OFFSET_FROM_END = 8;
const CANDIDATE_LINES = /a=candidate:.*\r\n/g;
/** A packet that takes longer counts as this. */
const LATENCY_MAX_MS = 10_000;

const publishers = [];
const players = [];
const pending = new Map();
let requests = 0;
let latencies = [];
let timer;

native.initLogger('Error', (_level, text) => console.error(text));
// Not an exit: it would wait for the native module to end its connections.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', async ({ id, name, params, answer, error }) => {
  if (name === undefined) return pending.get(id)?.(answer, error);
  try {
    process.send({ id, result: await CALLS[name](params) });
  } catch (failure) {
    process.send({ id, error: failure.stack });
  }
});

const CALLS = {
  async publish({ room, member, audioPps, videoPps }) {
    const publisher = { audioPps, videoPps, sent: 0, tracks: [], member, room };
    publisher.connection = await connect('publish', { room, member }, 'SendOnly', (kind, track) => {
      publisher.tracks.push(createSender(kind, track, kind === 'audio' ? audioPps : videoPps));
    });
    publishers.push(publisher);
  },
  async play({ room, member, viewer, isSampled }) {
    const player = { room, member, received: 0, tracks: [] };
    player.connection = await connect('play', { room, member, viewer }, 'RecvOnly', (_kind, track) => {
      player.tracks.push(track);
      track.onMessage((bytes) => {
        if (bytes[1] >= 192 && bytes[1] <= 223) return;
        player.received += 1;
        if (isSampled) noteLatency(bytes);
      });
    });
    players.push(player);
  },
  /** One publisher and one viewer without anything in between. */
  async direct({ audioPps, videoPps }) {
    const publisher = { audioPps, videoPps, sent: 0, tracks: [], member: 'direct', room: 'direct' };
    const player = { room: 'direct', member: 'direct', received: 0, tracks: [] };
    const answerer = new native.PeerConnection('viewer', {
      iceServers: [],
      bindAddress: '127.0.0.1',
      forceMediaTransport: true,
    });
    answerer.onTrack((track) => {
      player.tracks.push(track);
      track.onMessage((bytes) => {
        if (bytes[1] >= 192 && bytes[1] <= 223) return;
        player.received += 1;
        noteLatency(bytes);
      });
    });
    player.connection = answerer;
    publisher.connection = await connect(
      async (offer) => {
        answerer.setRemoteDescription(offer.replace(CANDIDATE_LINES, ''), 'offer');
        await until(() => answerer.gatheringState() === 'complete');
        return answerer.localDescription().sdp;
      },
      {},
      'SendOnly',
      (kind, track) => {
        publisher.tracks.push(createSender(kind, track, kind === 'audio' ? audioPps : videoPps));
      },
    );
    publishers.push(publisher);
    players.push(player);
  },
  /** Sends for so long and waits until everything has come, or one second. */
  async run({ ms }) {
    latencies = [];
    for (const publisher of publishers) publisher.sent = 0;
    for (const player of players) player.received = 0;
    const cpuBefore = process.cpuUsage();
    const startedAt = performance.now();
    for (const { tracks } of publishers) for (const sender of tracks) sender.begin(startedAt);
    await new Promise((resolve) => {
      timer = setInterval(() => {
        const now = performance.now();
        for (const publisher of publishers) {
          for (const sender of publisher.tracks) publisher.sent += sender.sendDue(now);
        }
        if (now - startedAt >= ms) resolve(clearInterval(timer));
      }, 2);
    });
    const cpu = process.cpuUsage(cpuBefore);
    const sentOf = new Map(publishers.map(({ room, member, sent }) => [`${room}/${member}`, sent]));
    const expected = players.reduce((sum, { room, member }) => sum + (sentOf.get(`${room}/${member}`) ?? 0), 0);
    const count = () => players.reduce((sum, { received }) => sum + received, 0);
    const elapsedMs = performance.now() - startedAt;
    await until(() => count() >= expected, 1000);
    latencies.sort((a, b) => a - b);
    return {
      elapsedMs,
      expected,
      received: count(),
      p50Ms: quantile(0.5),
      p95Ms: quantile(0.95),
      p99Ms: quantile(0.99),
      generatorCpu: (cpu.user + cpu.system) / 1000 / elapsedMs,
    };
  },
  closeAll() {
    for (const { connection } of [...publishers.splice(0), ...players.splice(0)]) connection.close();
  },
};

async function connect(signal, request, direction, handleTrack) {
  const connection = new native.PeerConnection('peer', {
    iceServers: [],
    bindAddress: '127.0.0.1',
    forceMediaTransport: true,
  });
  const audio = new native.Audio('0', direction);
  audio.addOpusCodec(111);
  audio.parseSdpLine('a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level');
  const video = new native.Video('1', direction);
  video.addVP8Codec(96);
  video.parseSdpLine('a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time');
  if (direction === 'SendOnly') {
    audio.addSSRC(SSRCS.audio, 'bench', 'bench', 'audio');
    video.addSSRC(SSRCS.video, 'bench', 'bench', 'video');
  }
  for (const media of [audio, video]) handleTrack(media === audio ? 'audio' : 'video', connection.addTrack(media));
  connection.setLocalDescription('offer');
  await until(() => connection.gatheringState() === 'complete');
  const offer = connection.localDescription().sdp;
  const answer = typeof signal === 'string' ? await ask(signal, { ...request, offer }) : await signal(offer);
  // On loopback ICE may be done before the description with the fingerprint is, and DTLS then fails: candidates come last.
  connection.setRemoteDescription(answer.replace(CANDIDATE_LINES, ''), 'answer');
  for (const [line] of answer.matchAll(CANDIDATE_LINES)) connection.addRemoteCandidate(line.trim(), '0');
  await until(() => connection.state() === 'connected');
  return connection;
}

const SSRCS = { audio: 1111, video: 2222 };

/** Sends packets of one kind in step with the clock, also when a turn comes late. */
function createSender(kind, track, pps) {
  const isAudio = kind === 'audio';
  const payloadBytes = isAudio ? AUDIO_BYTES : VIDEO_BYTES;
  const bytes = Buffer.alloc(20 + payloadBytes);
  bytes[0] = 0x90;
  bytes[1] = isAudio ? 111 : 96;
  bytes.writeUInt32BE(SSRCS[kind], 8);
  bytes.writeUInt32BE(0xbede0001, 12);
  // A level of -20 dBov; a send time of 0.
  bytes.writeUInt32BE(isAudio ? 0x10140000 : 0x22000000, 16);
  // VP8: the beginning of a partition, and a key frame in each packet.
  bytes[20] = 0x10;
  bytes[21] = 0;
  let sequenceNumber = 1;
  let sent = 0;
  let startedAt = 0;
  return {
    track,
    begin(now) {
      // Nobody's packets come in step with those of others.
      startedAt = now + (pps === 0 ? 0 : (Math.random() * 1000) / pps);
      sent = 0;
    },
    sendDue(now) {
      const due = Math.max(0, Math.floor(((now - startedAt) * pps) / 1000) - sent);
      let count = 0;
      while (count < due) {
        bytes.writeUInt16BE(sequenceNumber, 2);
        bytes.writeUInt32BE((sequenceNumber * (isAudio ? 960 : 225)) >>> 0, 4);
        bytes.writeDoubleBE(performance.now(), bytes.length - STAMP_OFFSET_FROM_END);
        if (!sendIfOpen(track, bytes)) break;
        sequenceNumber = (sequenceNumber + 1) & 0xffff;
        count += 1;
      }
      sent += count;
      return count;
    },
  };
}

/** @returns false for a track that has just closed, which throws. */
function sendIfOpen(track, bytes) {
  try {
    track.sendMessageBinary(bytes);
    return true;
  } catch {
    return false;
  }
}

function noteLatency(bytes) {
  const latency = performance.now() - bytes.readDoubleBE(bytes.length - STAMP_OFFSET_FROM_END);
  latencies.push(Math.min(latency, LATENCY_MAX_MS));
}

function quantile(part) {
  return latencies.length === 0 ? 0 : latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))];
}

function ask(name, params) {
  requests += 1;
  const id = requests;
  return new Promise((resolve, reject) => {
    pending.set(id, (answer, error) => {
      pending.delete(id);
      if (error === undefined) resolve(answer);
      else reject(new Error(error));
    });
    process.send({ id, signal: name, params });
  });
}

async function until(condition, limitMs = 20_000) {
  const startedAt = performance.now();
  while (!condition() && performance.now() - startedAt < limitMs)
    await new Promise((resolve) => setTimeout(resolve, 1));
}
