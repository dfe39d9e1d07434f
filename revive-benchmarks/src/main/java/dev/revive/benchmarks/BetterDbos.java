// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

/** Measures DBOS once with its own pool and once with one as large as Revive's. */
final class BetterDbos {
    private BetterDbos() {}

    static Contestant find(Lab lab) throws Exception {
        lab.say("DBOS: which pool is the better for it?");
        double own = ManyRow.rate(lab, DbosContestant.byDefault(), Contestant.Steps.DEFAULT);
        double likeRevive = ManyRow.rate(lab, DbosContestant.withPool(ReviveContestant.POOL), Contestant.Steps.DEFAULT);
        lab.note(
                "DBOS with its own pool: %,.0f steps/s; with one of %d connections, as Revive's: %,.0f steps/s. The better is used.",
                own, ReviveContestant.POOL, likeRevive);
        return own >= likeRevive ? DbosContestant.byDefault() : DbosContestant.withPool(ReviveContestant.POOL);
    }
}
