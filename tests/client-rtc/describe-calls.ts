import { expect, test } from 'vitest';
import type { RoomPage } from './room-page.ts';
import { RoomPages, type RtcFixture } from './room-pages.ts';

/** Two pages call each other. */
export function describeCalls(fixture: RtcFixture): void {
  const pages = new RoomPages(fixture);
  const open = () => pages.open();
  const logged = (page: RoomPage, line: string) => page.until(({ log }) => log.includes(line));

  test('who accepts is heard and seen, until one hangs up', async () => {
    const [ada, bob] = [await open(), await open()];
    await ada.call('call', bob.uid, 'video');
    await logged(bob, `call of ${ada.uid}`);
    await bob.call('accept');
    await Promise.all([
      ada.untilMore(bob.uid, { audio: 10, frames: 3 }),
      bob.untilMore(ada.uid, { audio: 10, frames: 3 }),
    ]);
    expect((await ada.state()).members).toHaveLength(2);
    await ada.call('hangUp');
    await logged(ada, 'call ended ended-here');
    await logged(bob, 'call ended hung-up');
    expect((await bob.state()).ended).toBe('left');
  });

  test('a call may be refused, given up, or lost', async () => {
    const [ada, bob] = [await open(), await open()];
    await ada.call('call', bob.uid, 'voice');
    await logged(bob, `call of ${ada.uid}`);
    await bob.call('hangUp');
    await logged(ada, 'call ended refused');
    await ada.call('call', bob.uid, 'voice');
    await bob.until(({ log }) => log.filter((line) => line.startsWith('call of')).length === 2);
    await ada.call('hangUp');
    await logged(bob, 'call ended cancelled');
    await bob.call('call', ada.uid, 'voice');
    await logged(ada, `call of ${bob.uid}`);
    await ada.call('accept', { microphone: false });
    await ada.untilMore(bob.uid, { audio: 5 });
    await bob.call('loseConnection');
    await logged(bob, 'call ended lost');
    await logged(ada, 'call ended hung-up');
  });
}
