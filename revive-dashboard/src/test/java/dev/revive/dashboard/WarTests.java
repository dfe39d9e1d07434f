// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.dashboard.war.ShopServlet;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.webresources.TomcatURLStreamHandlerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A web application with Revive and H2 in its WAR, in Tomcat. There the driver manager does not find H2's driver: it looks for drivers once, before
 * the application is there, and gives nobody a driver of another class loader.
 */
class WarTests {
    private static final Pattern NEEDED = Pattern.compile(
            "revive-(core|jdbc)/target|/h2-\\d|HikariCP|slf4j|jackson|jspecify", Pattern.CASE_INSENSITIVE);

    @TempDir
    private Path directory;

    @Test
    void theEmbeddedFileIsOpenedByAnApplicationThatBringsItsOwnDriver() throws Exception {
        Path base = Files.createDirectories(directory.resolve("tomcat/webapps")).getParent();
        Path war = directory.resolve("shop.war");
        pack(war);
        TomcatURLStreamHandlerFactory.disable(); // there is one for each JVM
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        tomcat.setPort(0);
        tomcat.setAddDefaultWebXmlToWebapp(false);
        StandardContext context = (StandardContext) tomcat.addWebapp("/shop", war.toString());
        context.setContainerSciFilter("jetty"); // of the console's tests; it does not start in Tomcat
        tomcat.getConnector();
        tomcat.start();
        try {
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/shop/orders"
                                            .formatted(tomcat.getConnector().getLocalPort())))
                                    .build(),
                            BodyHandlers.ofString());

            assertThat(answer.body()).isEqualTo("book shipped by ParallelWebappClassLoader");
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
    }

    private void pack(Path war) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(war))) {
            String servlet = ShopServlet.class.getName();
            put(zip, "WEB-INF/web.xml", """
                    <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0" metadata-complete="true">
                      <servlet>
                        <servlet-name>shop</servlet-name>
                        <servlet-class>%s</servlet-class>
                        <init-param><param-name>directory</param-name><param-value>%s</param-value></init-param>
                      </servlet>
                      <servlet-mapping><servlet-name>shop</servlet-name><url-pattern>/orders</url-pattern></servlet-mapping>
                    </web-app>
                    """.formatted(servlet, directory.resolve("data"))
                    .getBytes(StandardCharsets.UTF_8));
            String file = servlet.replace('.', '/') + ".class";
            try (InputStream in =
                    Objects.requireNonNull(ShopServlet.class.getClassLoader().getResourceAsStream(file))) {
                put(zip, "WEB-INF/classes/" + file, in.readAllBytes());
            }
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
                if (NEEDED.matcher(entry).find() && !entry.endsWith("test-classes")) {
                    putLibrary(zip, Path.of(entry));
                }
            }
        }
    }

    /** A jar, or the classes of a module that is built in the same run: these lie where an application's classes do. */
    private static void putLibrary(ZipOutputStream zip, Path library) throws IOException {
        if (Files.isRegularFile(library)) {
            put(zip, "WEB-INF/lib/" + library.getFileName(), Files.readAllBytes(library));
            return;
        }
        try (Stream<Path> files = Files.walk(library)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = library.relativize(file).toString().replace(File.separatorChar, '/');
                if (!name.equals("module-info.class") && !name.startsWith("META-INF/")) {
                    put(zip, "WEB-INF/classes/" + name, Files.readAllBytes(file));
                }
            }
        }
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content);
        zip.closeEntry();
    }
}
