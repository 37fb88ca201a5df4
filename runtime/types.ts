// The public types of the runtime: what goes into a decision and what comes out.

export type Tier = "safe" | "sensitive" | "commitment" | "irreversible";
export type Verdict = "allow" | "require_approval" | "deny";

/** One tool call, as the host describes it. Exactly one of `command`, `argv`, `tool` is there. */
export interface Action {
  /** Who acts, such as `claude-code`. */
  readonly agent?: string;
  /** Identity of the session, for the host; no rule reads it. */
  readonly session?: string;
  /** A tool of the harness, with `input`. */
  readonly tool?: string;
  readonly input?: unknown;
  /** A text that a shell runs. */
  readonly command?: string;
  /** An argument list that runs without a shell. */
  readonly argv?: readonly string[];
  /** Absolute, free of symbolic links. */
  readonly cwd: string;
  /** Absolute, free of links, fixed for the session; `cwd` when left out. */
  readonly workspace?: string;
  /** Values of the variables that `PolicyInfo.variables` lists. */
  readonly env?: Readonly<Record<string, string>>;
  readonly evidence?: Evidence;
}

/** What the host read from the world because a report asked for it; keys are absolute paths. */
export interface Evidence {
  /** The real target of a path. */
  readonly link?: Readonly<Record<string, string>>;
  /** The text of a script. */
  readonly script?: Readonly<Record<string, string>>;
  /** A summary of a Terraform state or plan file, such as `5 resource types: aws_instance (3), …`. */
  readonly state?: Readonly<Record<string, string>>;
}

export type EvidenceKind = keyof Evidence;

/** The decision word, unpacked. */
export interface Decision {
  readonly tier: Tier;
  readonly verdict: Verdict;
  /** The action is not what section "action" of the interface allows. */
  readonly malformed: boolean;
  readonly oversized: boolean;
  /** Some limit was passed, so part of the action counts as unknown. */
  readonly limited: boolean;
  /** The report names evidence that could make the decision more exact. */
  readonly needsEvidence: boolean;
}

/** The full report of the last decision. */
export interface Report {
  readonly tier: Tier;
  readonly verdict: Verdict;
  readonly malformed: boolean;
  readonly oversized: boolean;
  readonly limited: boolean;
  readonly session: { readonly before: Tier; readonly after: Tier };
  readonly effects: readonly ReportedEffect[];
  readonly rules: readonly ReportedRule[];
  readonly needs: readonly { readonly kind: EvidenceKind; readonly path: string }[];
  /** Seconds that an approval holds. */
  readonly approvalSeconds: number;
  /** True when the report was too long and ends early. */
  readonly cut: boolean;
}

export interface ReportedEffect {
  /** Such as `file.delete`; `*` is the effect that may be any effect, and its only field `why` says what is not known. */
  readonly effect: string;
  readonly certain: boolean;
  readonly tier: Tier;
  /** Per field its possible texts (`…` marks what is unknown in one), a bool's answer, or null for none. */
  readonly fields: Readonly<Record<string, readonly string[] | "no" | "maybe" | "yes" | null>>;
  /** Half-open byte range of the decoded command, or null when the effect has no place in it. */
  readonly span: readonly [number, number] | null;
}

export interface ReportedRule {
  readonly rule: string;
  readonly certain: boolean;
  /** Index into `effects`. */
  readonly effect: number;
  readonly raise: Tier | null;
  readonly deny: boolean;
  /** The rule's `because`, its holes filled. */
  readonly reason: string;
  readonly instead: string | null;
}

/** What a compiled policy says about itself. */
export interface PolicyInfo {
  readonly name: string;
  readonly abi: number;
  readonly compiler: string;
  /** SHA-256 in hex over the names and digests of the sources. */
  readonly sourceDigest: string;
  readonly rules: readonly {
    readonly name: string;
    readonly source: string;
    readonly line: number;
    readonly column: number;
  }[];
  readonly marks: readonly string[];
  /** Environment variables that a decision may read. */
  readonly variables: readonly string[];
  readonly memoryBytes: number;
  readonly inputBytesMax: number;
}
