// SPDX-License-Identifier: EUPL-1.2
/** Keyboard of the inbox; does nothing on pages without one. */
export function startInbox() {}
