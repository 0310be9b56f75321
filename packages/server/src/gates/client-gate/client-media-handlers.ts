import type { NetworkCheck } from '../../rtc/media/network-check.ts';
import { makeTurnCredentials } from '../../rtc/media/turn-credentials.ts';
import type { Rtc } from '../../rtc/rtc.ts';
import { NOTHING } from '../server-gate/handler.ts';
import type { ClientHandlers } from './client-handler.ts';

type Options = {
  rtc: Rtc;
  check: NetworkCheck;
  /** Of the web RTC endpoint; empty where the server carries no media. */
  endpoint: string;
  turn: { urls: readonly string[]; secret?: string | undefined; ttlSeconds: number };
  now: () => number;
};

type Methods = 'getRTCConfig' | 'setRTCDevices' | 'checkRTCNetwork';

/** What our own SDK asks about media. */
export function clientMediaHandlers({ rtc, check, endpoint, turn, now }: Options): ClientHandlers<Methods> {
  const { rooms, devices } = rtc;
  return {
    getRTCConfig: async ({ uid }) => {
      const { urls, secret, ttlSeconds } = turn;
      if (urls.length === 0 || secret === undefined) {
        return { endpoint, turnUrls: [], turnUsername: '', turnCredential: '', turnExpires: 0 };
      }
      const { username, credential, expires } = makeTurnCredentials({ secret, ttlSeconds }, String(uid), now());
      return { endpoint, turnUrls: urls, turnUsername: username, turnCredential: credential, turnExpires: expires };
    },
    setRTCDevices: async ({ project, uid }, { rid, microphone, camera }) => {
      const room = rooms.require(project.pid, rid);
      devices.report(room, rooms.requireMember(room, uid), { microphone, camera });
      return NOTHING;
    },
    checkRTCNetwork: async ({ project, uid }, { rid }) => {
      const room = rooms.require(project.pid, rid);
      rooms.requireMember(room, uid);
      return check.report(room, uid);
    },
  };
}
