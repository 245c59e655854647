using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace ReproGate.Tasks;

/// <summary>
/// The package holds ReadyToRun images of the assemblies that most builds need, in a folder named after their platform, and every assembly as IL in the
/// folder above. MSBuild gives a task assembly a load context that looks beside it and beside MSBuild; what is in neither is found here, in the folder above.
/// </summary>
internal static class BesideTheImages
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "No task may run before it, and tasks have no other common beginning.")]
    internal static void LookInTheFolderAbove()
    {
        var assembly = Assembly.GetExecutingAssembly();
        if (Path.GetDirectoryName(Path.GetDirectoryName(assembly.Location)) is { } above && AssemblyLoadContext.GetLoadContext(assembly) is { } context)
        {
            context.Resolving += (from, name) => Path.Combine(above, name.Name + ".dll") is var file && File.Exists(file) ? from.LoadFromAssemblyPath(file) : null;
        }
    }
}
