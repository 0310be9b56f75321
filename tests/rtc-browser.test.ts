import { describe } from 'vitest';
import { describeCalls } from './client-rtc/describe-calls.ts';
import { describeDoctor } from './client-rtc/describe-doctor.ts';
import { describeExample } from './client-rtc/describe-example.ts';
import { describeRooms } from './client-rtc/describe-rooms.ts';
import { describeRoomsWithOthers } from './client-rtc/describe-rooms-with-others.ts';
import { HAS_CHROMIUM, useBrowser } from './support/browser-fixture.ts';
import { useParley } from './support/parley-fixture.ts';

// One server and one browser for all of them: starting those takes longer than most of the tests.
describe.runIf(HAS_CHROMIUM)('voice and video of the client SDK', () => {
  const parley = useParley({ config: { media: { workers: 1 } } });
  const browser = useBrowser({ keepsContexts: true });
  const fixture = { parley, browser };

  describe('rooms', () => describeRooms(fixture));
  describe('rooms with others', () => describeRoomsWithOthers(fixture));
  describe('calls', () => describeCalls(fixture));
  describe('the network doctor', () => describeDoctor(fixture));
  describe('examples/video-room.html', () => describeExample(fixture));
});
