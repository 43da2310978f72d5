import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  afterAttempt,
  backoffSeconds,
  deadlineSeconds,
  fallbackAfterAttempts,
  fallbackFor,
  kindToSend,
} from "./delivery.ts";
import { failedDelivery } from "./delivery-failure.ts";

const now = 1_790_000_000;
const fresh = { attempts: 1, waitingSince: now, fellBack: false };

describe("an attempt to deliver", () => {
  it("is sent with its receipt", () => {
    const after = afterAttempt(fresh, { ok: true, receipt: "r" }, now, 0.5);
    expect(after).toEqual({ kind: "sent", receipt: "r" });
  });

  it("is dead at once where repeating it cannot help, and another channel is told", () => {
    const after = afterAttempt(fresh, failedDelivery("not-found", "404"), now, 0.5);
    expect(after).toMatchObject({ kind: "dead", because: "permanent", fallBack: true });
  });

  it("is repeated after the pause that the receiver asks for, where that is longer", () => {
    const after = afterAttempt(fresh, failedDelivery("rate-limited", "429", 42.2), now, 0.5);
    expect(after).toMatchObject({ kind: "retry", nextAt: now + 43, fallBack: false });
    const forever = afterAttempt(fresh, failedDelivery("rate-limited", "429", 1e9), now, 0.5);
    expect(forever).toMatchObject({ kind: "retry", nextAt: now + 3_600 });
  });

  it("falls back once after some attempts, or some minutes, and goes on", () => {
    const failed = failedDelivery("timeout", "no answer");
    const many = { ...fresh, attempts: fallbackAfterAttempts };
    expect(afterAttempt(many, failed, now, 0)).toMatchObject({ kind: "retry", fallBack: true });
    const late = { ...fresh, waitingSince: now - 300 };
    expect(afterAttempt(late, failed, now, 0)).toMatchObject({ kind: "retry", fallBack: true });
    const again = { ...many, fellBack: true };
    expect(afterAttempt(again, failed, now, 0)).toMatchObject({ kind: "retry", fallBack: false });
  });

  it("falls back at once where nothing got through its channel for some minutes", () => {
    const failed = failedDelivery("timeout", "no answer");
    const fallsBack = (awaySince: number) => afterAttempt({ ...fresh, awaySince }, failed, now, 0);
    expect(fallsBack(now - 300)).toMatchObject({ kind: "retry", fallBack: true });
    expect(fallsBack(now - 299)).toMatchObject({ kind: "retry", fallBack: false });
  });

  it("is dead when its day is over", () => {
    const failed = failedDelivery("connection", "refused");
    const old = { attempts: 300, waitingSince: now - deadlineSeconds, fellBack: true };
    expect(afterAttempt(old, failed, now, 0)).toMatchObject({
      kind: "dead",
      because: "deadline",
      fallBack: false,
    });
  });

  it("waits at most as long as its pause doubled each time, up to five minutes, never not at all", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (n, r) => {
          const pause = backoffSeconds(n, r);
          return pause >= 1 && pause <= Math.min(300, 10 * 2 ** (n - 1));
        },
      ),
    );
  });
});

describe("a fallback", () => {
  it("is the first channel that was not told yet", () => {
    const working = ["webhook", "slack", "email", "another"];
    expect(fallbackFor("slack", working, new Set(["slack", "email"]))).toBe("webhook");
    expect(fallbackFor("slack", working, new Set(working))).toBe("email");
    expect(fallbackFor("slack", ["slack"], new Set())).toBeNull();
  });
});

describe("the kind of a message", () => {
  const open = { ended: false, acknowledged: false };

  it("is a trigger for who hears of it for the first time", () => {
    expect(kindToSend("escalate", false, open)).toBe("trigger");
    expect(kindToSend("update", false, open)).toBe("trigger");
    expect(kindToSend("escalate", true, open)).toBe("escalate");
  });

  it("is what is true when it is sent", () => {
    expect(kindToSend("trigger", false, { ...open, ended: true })).toBe("resolve");
    expect(kindToSend("acknowledge", false, { ...open, acknowledged: true })).toBe("acknowledge");
    expect(kindToSend("resolve", true, open)).toBe("update");
  });
});
