// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import dev.revive.Revive;
import dev.revive.store.InMemoryStore;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.webresources.TomcatURLStreamHandlerFactory;

/** A host on Tomcat; loaded where there is no Jetty. */
public final class InTomcat implements AutoCloseable {
    private final Revive revive;
    private final Tomcat tomcat;

    private InTomcat(Revive revive, Tomcat tomcat) {
        this.revive = revive;
        this.tomcat = tomcat;
    }

    /** Starts it on any port, the console below {@code /app/ops}. */
    public static AutoCloseable start(String directory) throws LifecycleException {
        try {
            Class.forName("org.eclipse.jetty.server.Server");
            throw new IllegalStateException("Jetty is there after all.");
        } catch (ClassNotFoundException e) {
            // as it should be
        }
        TomcatURLStreamHandlerFactory.disable(); // there is one for each JVM, and there may be two of these
        Revive revive = Revive.with(new InMemoryStore()).start();
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(directory);
        tomcat.setPort(0);
        Context context = tomcat.addContext("/app", directory);
        Wrapper servlet = Tomcat.addServlet(
                context,
                "revive",
                ReviveDashboard.on(revive)
                        .basePath("/ops")
                        .openToLoopback()
                        .page("/mine", InTomcat.class, "mine", "mine.html")
                        .servlet());
        servlet.setAsyncSupported(true);
        context.addServletMappingDecoded("/ops/*", "revive");
        tomcat.getConnector();
        tomcat.start();
        return new InTomcat(revive, tomcat);
    }

    /** The port it found. */
    public int port() {
        return tomcat.getConnector().getLocalPort();
    }

    @Override
    public void close() throws LifecycleException {
        tomcat.stop();
        tomcat.destroy();
        revive.close();
    }
}
