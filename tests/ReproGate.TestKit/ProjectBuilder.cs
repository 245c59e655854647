using Microsoft.Build.Construction;
using Microsoft.Build.Locator;

namespace ReproGate.TestKit;

/// <summary>A project file, written fluently on <see cref="ProjectRootElement"/>. The default is a net10.0 library on Microsoft.NET.Sdk.</summary>
public sealed class ProjectBuilder
{
    private readonly ProjectRootElement _root = ProjectRootElement.Create(Microsoft.Build.Evaluation.NewProjectFileOptions.None);
    private bool _hasFramework;

    /// <summary>Starts a project on an SDK.</summary>
    public ProjectBuilder(string sdk = "Microsoft.NET.Sdk") => _root.Sdk = sdk;

    /// <summary>Replaces the Sdk attribute.</summary>
    public ProjectBuilder Sdk(string sdk)
    {
        _root.Sdk = sdk;
        return this;
    }

    /// <summary>Adds a property, with an optional condition.</summary>
    public ProjectBuilder Property(string name, string value, string? condition = null)
    {
        _hasFramework |= name is "TargetFramework" or "TargetFrameworks";
        ProjectPropertyElement property = _root.AddProperty(name, value);
        if (condition is not null)
        {
            property.Condition = condition;
        }

        return this;
    }

    /// <summary>Adds an item with metadata as attributes, with an optional condition.</summary>
    public ProjectBuilder Item(string type, string include, string? condition = null, params (string Name, string Value)[] metadata)
    {
        ProjectItemElement item = _root.AddItem(type, include);
        foreach ((string name, string value) in metadata)
        {
            item.AddMetadata(name, value, expressAsAttribute: true);
        }

        if (condition is not null)
        {
            item.Condition = condition;
        }

        return this;
    }

    /// <summary>Adds a PackageReference; a null version leaves the version to central management.</summary>
    public ProjectBuilder Package(string id, string? version = null, string? condition = null, params (string Name, string Value)[] metadata) =>
        Item("PackageReference", id, condition, version is null ? metadata : [("Version", version), .. metadata]);

    /// <summary>Adds a ProjectReference.</summary>
    public ProjectBuilder Reference(string project, string? condition = null) => Item("ProjectReference", project, condition);

    /// <summary>The file's text.</summary>
    public string ToXml()
    {
        if (!_hasFramework)
        {
            _root.AddProperty("TargetFramework", "net10.0");
        }

        return _root.RawXml;
    }
}

/// <summary>Finds the installed SDK's MSBuild once, before any of its types is touched.</summary>
public static class MSBuildHost
{
    /// <summary>The folder of the registered SDK (<c>sdk/&lt;version&gt;</c>); null before <see cref="EnsureRegistered"/>.</summary>
    public static string? Folder { get; private set; }

    /// <summary>Registers the newest installed SDK; safe to call often.</summary>
    public static void EnsureRegistered()
    {
        lock (typeof(MSBuildHost))
        {
            if (!MSBuildLocator.IsRegistered)
            {
                Folder = MSBuildLocator.RegisterDefaults().MSBuildPath;
            }
        }
    }
}
