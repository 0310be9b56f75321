// The reference of the file benchmark: what any server must do that keeps files before it answers, and nothing else. It cuts
// and decodes the same packets, writes each file beside, syncs it, moves it and syncs the folder. Downloads are a file
// stream behind node:http. Prints its two ports.
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, stat } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { argv } from 'node:process';
import { pipeline } from 'node:stream/promises';
import { decodePayload, encodeAnswer, PacketReader } from '@parley/fpnn';

const directory = join(argv[2], 'bare-files');
await mkdir(directory, { recursive: true });

async function keep(bytes) {
  const name = randomUUID();
  const incoming = join(directory, `${name}.incoming`);
  const file = await open(incoming, 'wx');
  await file.writeFile(bytes);
  await file.sync();
  await file.close();
  await rename(incoming, join(directory, name));
  const folder = await open(directory);
  await folder.sync();
  await folder.close();
  return name;
}

const uploads = createServer({ noDelay: true }, (socket) => {
  const reader = new PacketReader();
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    for (const packet of reader.push(chunk)) {
      void keep(decodePayload(packet).get('file')).then((name) => {
        socket.write(encodeAnswer(packet.seq, { mtime: Date.now(), name }));
      });
    }
  });
});
const downloads = createHttpServer(async (request, response) => {
  const path = join(directory, request.url.slice(1));
  response.writeHead(200, { 'content-length': (await stat(path)).size });
  await pipeline(createReadStream(path), response).catch(() => {});
});
uploads.listen(0, '127.0.0.1', () => {
  downloads.listen(0, '127.0.0.1', () => console.log(`${uploads.address().port} ${downloads.address().port}`));
});
