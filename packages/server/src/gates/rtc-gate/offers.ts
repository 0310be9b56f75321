import { DEFAULT_LIMITS, ERROR_CODES, type ProjectLimits, RtmError, type WebRtcMethodName } from '@parley/contract';
import { RawString, type WireMap } from '@parley/fpnn';
import type { ProjectDirectory } from '../../projects/project-directory.ts';
import type { Project } from '../../projects/project-settings.ts';
import type { RtcMedia } from '../../rtc/media/rtc-media.ts';
import type { RtcTicket, RtcTickets } from '../../rtc/rtc-tickets.ts';
import { parseStreamUrl, type StreamUrl } from './stream-url.ts';

type Parts = { projects: ProjectDirectory; tickets: RtcTickets; media: RtcMedia };

/** Who may publish and play, and the answer to their offers. */
export class Offers {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The limits of the project that a stream URL names, before anything of it has been checked. */
  limitsFor(params: WireMap): ProjectLimits {
    const url = params.get('streamurl');
    const pid = url instanceof RawString ? /^webrtc:\/\/[^/]+\/(\d{1,10})\//.exec(url.text)?.[1] : undefined;
    const project = pid === undefined ? undefined : this.#parts.projects.find(Number(pid));
    return project?.settings.limits ?? DEFAULT_LIMITS;
  }

  /**
   * @param address - Where the offer came from.
   * @returns the SDP answer, within 10 s.
   * @throws RtmError with a code that the contract lists.
   */
  async answer(method: WebRtcMethodName, streamUrl: string, sdp: string, address: string): Promise<string> {
    const { media } = this.#parts;
    const url = parseStreamUrl(streamUrl);
    const { pid, rid, uid } = url;
    const project = this.#parts.projects.find(pid);
    if (project === undefined) throw new RtmError(ERROR_CODES.invalidPidOrUid, `streamurl: there is no project ${pid}`);
    const ticket = this.#ticketOf(url, project);
    if (method === 'OnUserPlay') {
      return media.playing.play({ project, rid, target: uid, address, viewer: ticket?.member.uid }, sdp);
    }
    if (ticket !== undefined && ticket.member.uid !== uid) throw badToken(url);
    return media.publishing.publish({ project, rid, uid, address, sdp });
  }

  #ticketOf(url: StreamUrl, { settings }: Project): RtcTicket | undefined {
    const { pid, rid, token } = url;
    if (token === undefined && settings.rtcToken === 'optional') return undefined;
    const ticket = token === undefined ? undefined : this.#parts.tickets.find(token, { pid, rid });
    if (ticket === undefined) throw badToken(url);
    return ticket;
  }
}

function badToken({ rid, token }: StreamUrl): RtmError {
  const fault =
    token === undefined ? 'the project demands a token' : `the token is not good in room ${rid}, or no longer`;
  return new RtmError(ERROR_CODES.rtcTryAgain, `streamurl: ${fault}`);
}
