// One room on Socket.IO, as its documentation has it.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
// Its pings would be counted as deliveries.
const io = new Server(http, { transports: ['websocket'], pingInterval: 3_600_000, perMessageDeflate: false });
io.on('connection', (socket) => {
  socket.on('enter', (done) => {
    socket.join('room');
    done();
  });
  socket.on('say', (text) => io.to('room').emit('said', text));
});
http.listen(0, '127.0.0.1', () => console.log(http.address().port));
