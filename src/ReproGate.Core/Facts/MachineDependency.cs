using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace ReproGate.Facts;

/// <summary>What a declaration can depend on besides the repository's files.</summary>
[Flags]
public enum MachineAspects
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>$(Configuration)</c>.</summary>
    Configuration = 1,

    /// <summary><c>$(OS)</c>, which another evaluation can set.</summary>
    OperatingSystem = 2,

    /// <summary>A function that asks the host, such as <c>IsOSPlatform</c>; no evaluation can pretend otherwise.</summary>
    Host = 4,

    /// <summary><c>$(RuntimeIdentifier)</c>.</summary>
    RuntimeIdentifier = 8,

    /// <summary>The SDK's or MSBuild's version.</summary>
    Sdk = 16,

    /// <summary>The machine's or user's name or folders.</summary>
    Machine = 32,
}

/// <summary>A declaration of packages, projects or frameworks, and what it depends on.</summary>
/// <param name="Element">The item or property.</param>
/// <param name="Aspects">What it depends on, through properties too.</param>
/// <param name="Evidence">The condition or text that shows it.</param>
public sealed record MachineDependency(ProjectElement Element, MachineAspects Aspects, string Evidence);

/// <summary>Finds declarations that depend on the machine, from the text of the repository's files alone.</summary>
public sealed partial class MachineDependencies
{
    private static readonly ImmutableHashSet<string> Items = ImmutableHashSet.Create(StringComparer.OrdinalIgnoreCase,
        "PackageReference", "PackageVersion", "GlobalPackageReference", "ProjectReference");

    private static readonly ImmutableHashSet<string> Frameworks = ImmutableHashSet.Create(StringComparer.OrdinalIgnoreCase,
        "TargetFramework", "TargetFrameworks", "RuntimeIdentifier", "RuntimeIdentifiers");

    private readonly Dictionary<string, MachineAspects> _properties = new(StringComparer.OrdinalIgnoreCase);
    private readonly ILookup<string, ProjectElement> _setters;

    private MachineDependencies(RepositoryFiles files) => _setters = files.Elements
        .Where(static element => element.Parent == "PropertyGroup")
        .ToLookup(static element => element.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Every declaration that depends on the machine.</summary>
    public static ImmutableArray<MachineDependency> Of(RepositoryFiles files)
    {
        var analysis = new MachineDependencies(files);
        return
        [
            .. files.Elements
                .Where(static element => (element.Parent == "ItemGroup" && Items.Contains(element.Name)) || (element.Parent == "PropertyGroup" && Frameworks.Contains(element.Name)))
                .Select(element => analysis.Judge(element, files))
                .OfType<MachineDependency>(),
        ];
    }

    /// <summary>The values that conditions compare <c>$(Configuration)</c> with.</summary>
    public static ImmutableArray<string> ComparedConfigurations(RepositoryFiles files) =>
    [
        .. files.Elements.SelectMany(static element => element.Conditions)
            .SelectMany(static condition => Comparison().Matches(condition))
            .Select(static match => match.Groups["value"].Value)
            .Where(static value => value.Length > 0)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Order(StringComparer.OrdinalIgnoreCase),
    ];

    private MachineDependency? Judge(ProjectElement element, RepositoryFiles files)
    {
        IEnumerable<string> texts =
        [
            .. element.Conditions,
            // What an attribute says of other metadata (PrivateAssets, a comment) does not reach the lock.
            .. element.Attributes.Where(static attribute => attribute.Name is "Include" or "Version" or "VersionOverride" or "Update" or "Remove").Select(static attribute => attribute.Value),
            .. element.Parent == "PropertyGroup" ? [element.Text] : Array.Empty<string>(),
            .. files.Elements
                .Where(child => child.Name is "Version" or "VersionOverride" && ReferenceEquals(child.ParentItem, element))
                .SelectMany(static child => child.Conditions.Add(child.Text)),
        ];
        MachineAspects all = MachineAspects.None;
        string evidence = "";
        foreach (string text in texts)
        {
            MachineAspects aspects = OfText(text);
            if (aspects != MachineAspects.None && all == MachineAspects.None)
            {
                evidence = text.Trim();
            }

            all |= aspects;
        }

        return all == MachineAspects.None ? null : new MachineDependency(element, all, evidence);
    }

    private MachineAspects OfText(string text)
    {
        if (!text.Contains('$'))
        {
            return MachineAspects.None;
        }

        MachineAspects aspects = HostFunction().IsMatch(text) ? MachineAspects.Host : MachineAspects.None;
        foreach (Match match in PropertyName().Matches(text))
        {
            aspects |= OfProperty(match.Groups["name"].Value);
        }

        return aspects;
    }

    private MachineAspects OfProperty(string name)
    {
        MachineAspects own = name.ToUpperInvariant() switch
        {
            "CONFIGURATION" => MachineAspects.Configuration,
            "OS" => MachineAspects.OperatingSystem,
            "RUNTIMEIDENTIFIER" => MachineAspects.RuntimeIdentifier,
            "NETCORESDKRUNTIMEIDENTIFIER" or "NETCORESDKPORTABLERUNTIMEIDENTIFIER" => MachineAspects.Host,
            "NETCORESDKVERSION" or "MSBUILDVERSION" or "MSBUILDASSEMBLYVERSION" or "MSBUILDRUNTIMETYPE" or "BUNDLEDNETCOREAPPPACKAGEVERSION" or "BUNDLEDNETCOREAPPTARGETFRAMEWORKVERSION" or "NUGETVERSION" or "VISUALSTUDIOVERSION" => MachineAspects.Sdk,
            "COMPUTERNAME" or "HOSTNAME" or "USERNAME" or "USER" or "HOME" or "USERPROFILE" or "APPDATA" or "LOCALAPPDATA" or "PROCESSOR_ARCHITECTURE" => MachineAspects.Machine,
            _ => MachineAspects.None,
        };
        if (own != MachineAspects.None)
        {
            return own;
        }

        if (_properties.TryGetValue(name, out MachineAspects known))
        {
            return known;
        }

        // While a property is being looked at it counts as nothing, so a property built from itself ends.
        _properties[name] = MachineAspects.None;
        MachineAspects aspects = MachineAspects.None;
        foreach (ProjectElement setter in _setters[name])
        {
            aspects |= OfText(setter.Text);
            foreach (string condition in setter.Conditions)
            {
                aspects |= OfText(condition);
            }
        }

        return _properties[name] = aspects;
    }

    [GeneratedRegex(@"\$\(\s*(?<name>[A-Za-z_][A-Za-z0-9_\-]*)\s*[).\[]", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PropertyName();

    [GeneratedRegex(@"IsOSPlatform|IsOsUnixLike|IsOsBsdLike|OSVersion|OSArchitecture|ProcessArchitecture|OSDescription|Is64BitOperatingSystem|MachineName|\]::UserName", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HostFunction();

    [GeneratedRegex(@"\$\(Configuration\)'?\s*(==|!=)\s*'?(?<value>[A-Za-z0-9_.\- ]*[A-Za-z0-9_.\-])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Comparison();
}
