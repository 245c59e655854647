using Xunit;

namespace ReproGate.TestKit;

/// <summary>Assertions on a finished build; a failure shows the whole output and where its binary log is kept.</summary>
public static class ResultAssert
{
    /// <summary>The build failed, and says this rule at this file (and line): returns that diagnostic.</summary>
    /// <param name="result">The build.</param>
    /// <param name="id">The rule's id.</param>
    /// <param name="file">Absolute path the finding must name.</param>
    /// <param name="line">The line it must name; 0 where any will do.</param>
    public static Diagnostic AssertRed(this ProcessResult result, string id, string file, int line = 0)
    {
        Diagnostic? found = result.Errors.FirstOrDefault(error => error.Code == id && SamePath(error.File, file) && (line == 0 || error.Line == line));
        if (result.ExitCode == 0 || found is null)
        {
            Assert.Fail($"Expected the build to fail with {id} at {file}{(line == 0 ? "" : $"({line})")}.\n{result.Describe()}");
        }

        return found;
    }

    /// <summary>As <see cref="AssertRed"/>, and nothing else is an error: no rule fires beside the one that should.</summary>
    public static Diagnostic AssertOnlyRed(this ProcessResult result, string id, string file, int line = 0)
    {
        Diagnostic found = result.AssertRed(id, file, line);
        if (result.Errors.Any(error => error.Code != id))
        {
            Assert.Fail($"Expected {id} to be the only error.\n{result.Describe()}");
        }

        return found;
    }

    /// <summary>The build passed, and warns of this rule at this file (and line): returns that diagnostic.</summary>
    public static Diagnostic AssertWarns(this ProcessResult result, string id, string file, int line = 0)
    {
        Diagnostic? found = result.Warnings.FirstOrDefault(warning => warning.Code == id && SamePath(warning.File, file) && (line == 0 || warning.Line == line));
        if (result.ExitCode != 0 || found is null)
        {
            Assert.Fail($"Expected the build to pass with a warning {id} at {file}{(line == 0 ? "" : $"({line})")}.\n{result.Describe()}");
        }

        return found;
    }

    /// <summary>The build passed, and ReproGate said nothing.</summary>
    public static ProcessResult AssertGreen(this ProcessResult result)
    {
        if (result.ExitCode != 0 || result.Errors.Any() || result.Findings.Any())
        {
            Assert.Fail($"Expected the build to pass without findings.\n{result.Describe()}");
        }

        return result;
    }

    private static bool SamePath(string left, string right) =>
        string.Equals(left, right, OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
}
