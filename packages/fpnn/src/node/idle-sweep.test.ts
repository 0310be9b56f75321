import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { IdleSweep } from './idle-sweep.ts';

class Member {
  deadlineTick = 0;
  calls = 0;

  handleDeadline(): void {
    this.calls += 1;
  }
}

describe('IdleSweep', () => {
  it('finds a member after its timeout, at most a twelfth late', () => {
    const clock = new ManualClock();
    const sweep = new IdleSweep<Member>(clock, 60_000);
    const member = new Member();
    sweep.add(member);
    clock.advance(60_000);
    expect(member.calls).toBe(0);
    clock.advance(5000);
    expect(member.calls).toBe(1);
  });

  it('never finds it early, whenever it moved within a tick', () => {
    const clock = new ManualClock();
    const sweep = new IdleSweep<Member>(clock, 60_000);
    const member = new Member();
    sweep.add(member);
    clock.advance(4999);
    member.deadlineTick = sweep.idleDeadline;
    clock.advance(60_000);
    expect(member.calls).toBe(0);
    clock.advance(1);
    expect(member.calls).toBe(1);
  });

  it('leaves alone what keeps moving, and what was deleted', () => {
    const clock = new ManualClock();
    const sweep = new IdleSweep<Member>(clock, 60_000);
    const [moving, deleted] = [new Member(), new Member()];
    sweep.add(moving);
    sweep.add(deleted);
    sweep.delete(deleted);
    for (let i = 0; i < 10; i++) {
      clock.advance(59_000);
      moving.deadlineTick = sweep.idleDeadline;
    }
    expect([moving.calls, deleted.calls]).toEqual([0, 0]);
  });

  it('with a timeout of 0 finds only what is closing', () => {
    const clock = new ManualClock();
    const sweep = new IdleSweep<Member>(clock, 0);
    const [idle, closing] = [new Member(), new Member()];
    sweep.add(idle);
    sweep.add(closing);
    closing.deadlineTick = sweep.closingDeadline;
    clock.advance(3_600_000);
    expect(idle.calls).toBe(0);
    expect(closing.calls).toBeGreaterThan(0);
  });

  it('stops with its timer', () => {
    const clock = new ManualClock();
    const sweep = new IdleSweep<Member>(clock, 60_000);
    const member = new Member();
    sweep.add(member);
    sweep.stop();
    clock.advance(3_600_000);
    expect(member.calls).toBe(0);
  });
});
