// Bounds of what one declaration may become.

/** A usage line is decided pattern by pattern; more than this is a mistake in its alternatives. */
export const PATTERNS_MAX = 256;

/** A day: an approval for longer is a policy. */
export const APPROVAL_SECONDS_MAX = 24 * 3600;

/** What a gate without a time gives. */
export const APPROVAL_SECONDS_DEFAULT = 600;
