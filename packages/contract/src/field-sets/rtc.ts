import { ADMIN_COMMAND_LABELS } from '../admin-commands.ts';
import { choice } from '../declare-fields.ts';
import { RTC_ROOM_TYPE_LABELS } from '../rtc-room-types.ts';

/** Voice or video, of a room or of a call. */
export const rtcType = (meaning: string) =>
  choice(meaning, {
    allowed: [1, 2],
    labels: RTC_ROOM_TYPE_LABELS,
    wire: 'int32',
    refusal: 'rtcInvalidParameter',
  });

export const adminCommandChoice = choice('what is done', {
  allowed: [0, 1, 2, 3, 4, 5, 6, 7],
  labels: ADMIN_COMMAND_LABELS,
  wire: 'int32',
  refusal: 'rtcInvalidParameter',
});
