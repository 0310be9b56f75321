/**
 * What a back end does to a room while people watch: closes the microphone of a user, and removes it some seconds later.
 *
 *   node examples/moderate.mjs <room> <uid> [seconds]
 */
import { ADMIN_COMMANDS, RtmServerClient } from '@parley/server-sdk';

const { PARLEY_ENDPOINT = '127.0.0.1:13315', PARLEY_PID = '80000001', PARLEY_SECRET = 'test-secret' } = process.env;
const [room, uid, seconds = 5] = process.argv.slice(2).map(Number);
const backEnd = new RtmServerClient({ pid: Number(PARLEY_PID), secret: PARLEY_SECRET, endpoint: PARLEY_ENDPOINT });

await backEnd.adminCommand(room, [uid], ADMIN_COMMANDS.closeMicrophone);
await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
await backEnd.kickoutFromRTCRoom(room, uid, 0);
await backEnd.close();
