// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** A body, and what it is in gzip once somebody asked for that. */
final class Cached {
    private static final int WORTH_IT = 1_000;

    private final byte[] plain;
    private volatile byte @Nullable [] zipped;

    Cached(byte[] plain) {
        this.plain = plain;
    }

    byte[] plain() {
        return plain;
    }

    boolean isWorthZipping() {
        return plain.length >= WORTH_IT;
    }

    /** Quick rather than small: it is read on the same machine as often as not. Two that ask at once may both do the work. */
    byte[] zipped() {
        byte[] known = zipped;
        if (known == null) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(plain.length / 4 + 64);
            try (GZIPOutputStream zip = new FastGzip(bytes)) {
                zip.write(plain);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            known = bytes.toByteArray();
            zipped = known;
        }
        return known;
    }

    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(ByteArrayOutputStream out) throws IOException {
            super(out, 8_192);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
