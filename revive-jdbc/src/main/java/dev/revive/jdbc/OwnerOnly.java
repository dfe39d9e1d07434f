// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * New directories and files that other accounts of the machine cannot look into, where the file system has POSIX permissions. What exists keeps what
 * its owner has given it.
 */
final class OwnerOnly {
    private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<Set<PosixFilePermission>> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private OwnerOnly() {}

    /** Makes a directory, unless it is there; those above it as others do. */
    static void createDirectory(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        try {
            if (hasPermissions(directory)) {
                Files.createDirectory(directory, DIRECTORY);
            } else {
                Files.createDirectory(directory);
            }
        } catch (FileAlreadyExistsException e) {
            Files.createDirectories(directory); // made by somebody else in this moment; or a file, which this says
        }
    }

    /** Makes an empty file, unless it is there. */
    static void createFile(Path file) throws IOException {
        if (!hasPermissions(file) || Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return; // who opens it makes it
        }
        try {
            Files.createFile(file, FILE);
        } catch (FileAlreadyExistsException e) {
            return;
        }
    }

    /** What a file lets others do; empty where there are no permissions, or no file. */
    static Set<PosixFilePermission> permissions(Path file) throws IOException {
        return hasPermissions(file) && Files.exists(file) ? Files.getPosixFilePermissions(file) : Set.of();
    }

    /** Gives a file that was written anew what the old one had. */
    static void restore(Path file, Set<PosixFilePermission> permissions) throws IOException {
        if (!permissions.isEmpty() && !permissions(file).equals(permissions)) {
            Files.setPosixFilePermissions(file, permissions);
        }
    }

    private static boolean hasPermissions(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
