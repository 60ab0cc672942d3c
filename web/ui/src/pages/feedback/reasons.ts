// How reasons and shares are written in the report.

/** Labels of reasons by outcome and code: two outcomes may have a code of the same name. */
export type ReasonLabels = Record<string, string>;

interface Coded {
  outcome: string;
  code: string;
}

export const reasonKey = ({ outcome, code }: Coded) => `${outcome}/${code}`;

export const reasonOf = (r: Coded, labels: ReasonLabels) => labels[reasonKey(r)] ?? (r.code || 'no reason');

export const percent = (part: number) => `${Math.round(part * 100)} %`;
