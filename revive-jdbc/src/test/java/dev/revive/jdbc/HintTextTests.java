// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.store.Hint;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What processes of different versions say to each other. */
class HintTextTests {
    @ParameterizedTest
    @ValueSource(strings = {"42", "order 7/b", "a=b", " ENDED", "%", "Bücher \uD83D\uDE00", "+"})
    void comesBackWithItsWorkflowWhateverTheId(String id) {
        assertThat(heard(Hint.due(id), Hint.ended(id))).containsExactlyInAnyOrder(Hint.due(id), Hint.ended(id));
    }

    @Test
    void comesBackWithoutOne() {
        assertThat(heard(Hint.DUE, Hint.ENDED)).containsExactlyInAnyOrder(Hint.DUE, Hint.ENDED);
    }

    @Test
    void losesItsNamesWhereTheyWouldNotFit() {
        Hint[] many = IntStream.range(0, 100)
                .mapToObj(i -> Hint.ended("e".repeat(250) + i))
                .toArray(Hint[]::new);

        assertThat(heard(many)).containsExactly(Hint.ENDED);
    }

    @Test
    void isUnderstoodOfAnEarlierVersion() {
        assertThat(HintText.hints("8f1 DUE HERE")).containsExactly(Hint.DUE);
    }

    /** It looks whether a text contains the word after a blank. */
    @Test
    void isUnderstoodByAnEarlierVersion() {
        String text = "8f1 " + HintText.joined(List.of(HintText.word(Hint.due("a b ENDED"))));

        assertThat(text).contains(" DUE").doesNotContain(" ENDED");
    }

    @Test
    void isPassedOverWhereALaterVersionSaysWhatNobodyKnows() {
        assertThat(HintText.hints("8f1 SIGNAL=a DUE=%zz ENDED=a")).containsExactlyInAnyOrder(Hint.DUE, Hint.ended("a"));
    }

    private static List<Hint> heard(Hint... hints) {
        String text = "8f1 "
                + HintText.joined(List.of(hints).stream().map(HintText::word).toList());
        return List.copyOf(HintText.hints(text));
    }
}
