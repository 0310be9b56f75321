// The least that forwards: the same native library, each packet given to every viewer with another SSRC and nothing else.
// No loss is mended, nothing is counted, no bitrate is advised. Its cost is the floor for any forwarder on this library.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import native from 'node-datachannel';

const sinks = { audio: [], video: [] };
const held = [];
const socket = createSocket('udp4').bind(0, '127.0.0.1');
await once(socket, 'listening');
const { port } = socket.address();
socket.close();
await once(socket, 'close');

native.initLogger('Error', (_level, text) => console.error(text));
// Not an exit: it would wait for the native module to end its connections.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', async ({ id, name, params: { offer } }) => {
  process.send({ id, answer: await (name === 'publish' ? publish(offer) : play(offer)) });
});
process.send({ ready: true });

async function publish(offer) {
  const connection = create();
  connection.onTrack((track) => {
    held.push(track);
    const out = sinks[track.type()];
    track.onMessage((bytes) => {
      if (bytes[1] >= 192 && bytes[1] <= 223) return;
      for (const { track: sink, ssrc } of out) {
        bytes.writeUInt32BE(ssrc, 8);
        try {
          sink.sendMessageBinary(bytes);
        } catch {
          // The viewer has just gone.
        }
      }
    });
  });
  return await answer(connection, offer);
}

async function play(offer) {
  const connection = create();
  const tracks = [];
  for (const kind of ['audio', 'video']) {
    const media = kind === 'audio' ? new native.Audio('0', 'SendOnly') : new native.Video('1', 'SendOnly');
    if (kind === 'audio') media.addOpusCodec(111);
    else media.addVP8Codec(96);
    const ssrc = 1 + Math.floor(Math.random() * 2 ** 31);
    media.addSSRC(ssrc, 'bare', 'bare', kind);
    tracks.push({ kind, ssrc, track: connection.addTrack(media) });
  }
  connection.onStateChange((state) => {
    if (state !== 'connected') return;
    for (const entry of tracks.splice(0)) sinks[entry.kind].push(entry);
  });
  return await answer(connection, offer);
}

function create() {
  const connection = new native.PeerConnection('bare', {
    iceServers: [],
    bindAddress: '127.0.0.1',
    forceMediaTransport: true,
    enableIceUdpMux: true,
    portRangeBegin: port,
    portRangeEnd: port,
  });
  held.push(connection);
  return connection;
}

async function answer(connection, offer) {
  connection.setRemoteDescription(offer, 'offer');
  while (connection.gatheringState() !== 'complete') await new Promise((resolve) => setTimeout(resolve, 1));
  return connection.localDescription().sdp;
}
