using System.Diagnostics;

namespace ReproGate.TestKit;

/// <summary>
/// The compiler server that the builds of one test process share. Roslyn starts it at the first compilation that names it
/// (<c>SharedCompilationId</c>) and would let it wait ten minutes for more; it is asked to end when the test process ends.
/// </summary>
internal static class CompilerServer
{
    private static readonly Lazy<string> LazyName = new(static () =>
    {
        string name = $"reprogate-tests-{Environment.ProcessId}-{Guid.NewGuid():N}"[..40];
        AppDomain.CurrentDomain.ProcessExit += (_, _) => End(name);
        return name;
    });

    /// <summary>The name of its pipe, unique to this process.</summary>
    public static string Name => LazyName.Value;

    /// <summary>Asks the server to end; nothing happens where none was started.</summary>
    private static void End(string name)
    {
        string server = Path.Combine(MSBuildHost.Folder ?? "", "Roslyn", "bincore", "VBCSCompiler.dll");
        if (!File.Exists(server))
        {
            return;
        }

        try
        {
            using Process? shutdown = Process.Start(new ProcessStartInfo("dotnet", ["exec", server, "-shutdown", $"-pipename:{name}"])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
            shutdown?.WaitForExit(TimeSpan.FromSeconds(10));
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // The server ends by itself after ten idle minutes.
        }
    }
}
