using System.Collections.Frozen;
using System.Text.RegularExpressions;
using ReproGate.Facts;
using ReproGate.Gates.Configuration;

namespace ReproGate.Gates.Machine;

/// <summary>
/// RGATE4003: what the build does depends on a variable of the machine's environment that nothing declares. Only certain cases:
/// a property function that asks the environment, and <c>$(NAME)</c> that no file gives a value where the name is a machine's, has the form
/// of a variable, or is set in this build's environment. See docs/decisions/0011. What ends in an application of the environment matrix is
/// RGATE3020's to tell (docs/decisions/0070).
/// </summary>
public static partial class VariableUndeclared
{
    // They name the machine, its user or his folders; nothing that is built should.
    private static readonly FrozenSet<string> OfMachine = FrozenSet.ToFrozenSet(
        ["HOME", "USERPROFILE", "HOMEPATH", "HOMEDRIVE", "USER", "USERNAME", "LOGNAME", "USERDOMAIN", "USERDNSDOMAIN", "COMPUTERNAME", "HOSTNAME", "APPDATA", "LOCALAPPDATA", "PATH", "TEMP", "TMP", "TMPDIR", "PWD", "OLDPWD", "ONEDRIVE"],
        StringComparer.OrdinalIgnoreCase);

    // Whether and where a build runs in CI is known to all: it may decide how much is checked and how outputs are labelled.
    private static readonly FrozenSet<string> Known = FrozenSet.ToFrozenSet(
        [
            "CI", "CONTINUOUS_INTEGRATION", "TF_BUILD", "GITHUB_ACTIONS", "GITLAB_CI", "APPVEYOR", "TRAVIS", "CIRCLECI", "BUILDKITE", "DRONE", "TEAMCITY_VERSION", "JENKINS_URL", "JENKINS_HOME", "BUDDY", "CIRRUS_CI", "SEMAPHORE", "NETLIFY", "BAMBOO_BUILDKEY",
            "SOURCE_DATE_EPOCH", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "CI_BUILD", "ISCI", "CIBUILD", "OFFICIALBUILDID",
            // Windows' own folders, the same everywhere; what is taken from there is RGATE2004's and RGATE4002's to tell.
            "OS", "WINDIR", "SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMW6432", "PROGRAMDATA", "ALLUSERSPROFILE", "COMMONPROGRAMFILES", "COMMONPROGRAMFILES(X86)",
            // What MSBuild, the SDK or Visual Studio sets, and what people give with -p: and may as well set as a variable.
            "VISUALSTUDIOVERSION", "VSINSTALLDIR", "VSINSTALLROOT", "VSTOOLSPATH", "DEVENVDIR", "CONFIGURATION", "PLATFORM", "LIB", "INCLUDE", "BUILDINGINSIDEVISUALSTUDIO", "DESIGNTIMEBUILD", "CONTINUOUSINTEGRATIONBUILD", "DETERMINISTIC", "VERSION", "VERSIONPREFIX", "VERSIONSUFFIX", "PACKAGEVERSION",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly string[] KnownPrefixes =
    [
        "MSBUILD", "DOTNET_", "NUGET_", "NUGETPACKAGEROOT", "COREHOST_", "COMPLUS_", "VSTEST_", "VSCMD_", "REPROGATE", "GITHUB_", "RUNNER_", "GITLAB_", "CI_", "AZURE_PIPELINES", "BUILD_", "SYSTEM_", "AGENT_", "RELEASE_", "APPVEYOR_", "TRAVIS_",
        "CIRCLE_", "BITBUCKET_", "BUILDKITE_", "DRONE_", "CODEBUILD_", "TEAMCITY_", "JENKINS_", "CIRRUS_", "HELIX_", "DEPENDABOT_", "RENOVATE_",
    ];

    /// <summary>Whether a name could be accused at all; only for these it is worth looking whether some file gives the property a value.</summary>
    /// <param name="name">The property's or variable's name.</param>
    /// <param name="form">How it is read.</param>
    /// <param name="isSet">Whether the environment of this build holds it.</param>
    public static bool IsCandidate(string name, VariableForm form, bool isSet) =>
        !IsKnown(name) && (form == VariableForm.Function || OfMachine.Contains(name) || HasVariableForm().IsMatch(name) || isSet);

    /// <summary>Whether a variable names the machine, its user or his folders.</summary>
    public static bool NamesMachine(string name) => OfMachine.Contains(name);

    /// <summary>Judges what the repository's own files read.</summary>
    public static IEnumerable<Finding> Check(MachineInputs inputs)
    {
        foreach (IGrouping<string, VariableRead> variable in inputs.Variables
            .Where(read => IsCandidate(read.Name, read.Form, read.IsSet) && !inputs.Allowed.AllowsVariable(read.Name))
            .Where(read => NamesMachine(read.Name) || !(BuildVariableUndeclared.IsDeclared(inputs, read) || BuildVariableUndeclared.Tells(inputs, read.Name)))
            .GroupBy(static read => read.Name, StringComparer.OrdinalIgnoreCase))
        {
            VariableRead first = variable.First();
            int further = variable.Select(static read => read.Location).Distinct().Count() - 1;
            string more = further > 0 ? $" (and in {further} more {(further == 1 ? "place" : "places")})" : "";
            string allow = $"allow it in {Path.GetFileName(inputs.Allowed.Path)}: {{ \"variable\": \"{first.Name}\", \"reason\": \"…\" }}";
            yield return new Finding(
                RuleCatalog.VariableUndeclared,
                first.Location,
                first.Form == VariableForm.Function
                    ? $"This file asks the environment for {first.Name}{more}, and nothing in the repository declares that."
                    : $"$({first.Name}) is given a value by no file of this build{more}, so MSBuild takes it from the environment variable of that name{(first.IsSet ? ", which is set here" : "")}.",
                NamesMachine(first.Name)
                    ? "It names this machine or its user, so another one builds something else."
                    : "Where the variable is missing or different, the build does something else, and nothing says so.",
                $"{Fix(first)}, or, where the build needs it, {allow}.")
            {
                Subject = first.Name,
            };
        }
    }

    private static bool IsKnown(string name) => Known.Contains(name) || KnownPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    private static string Fix(VariableRead read) => read.Name.ToUpperInvariant() switch
    {
        "TEMP" or "TMP" or "TMPDIR" => "Use $(IntermediateOutputPath), a folder of the project's own",
        "HOME" or "USERPROFILE" when read.Text.Contains("nuget", StringComparison.OrdinalIgnoreCase) => "Use $(NuGetPackageRoot), which NuGet sets to the packages folder",
        _ when NamesMachine(read.Name) => "Use a path relative to $(MSBuildThisFileDirectory)",
        _ when read.Form == VariableForm.Property => $"Declare the property with a default: <{read.Name} Condition=\"'$({read.Name})' == ''\">…</{read.Name}> in Directory.Build.props",
        _ => "Use a property with a default, which -p: can override",
    };

    [GeneratedRegex("^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HasVariableForm();
}
