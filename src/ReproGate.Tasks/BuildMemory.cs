using Microsoft.Build.Framework;

namespace ReproGate.Tasks;

/// <summary>What the tasks of one node share during a build. A restore and the build behind it are two builds.</summary>
internal static class BuildMemory
{
    /// <summary>What is known under a key; made and kept where nothing is. Made anew each time by a host that keeps nothing.</summary>
    /// <param name="build">The engine that runs the task.</param>
    /// <param name="key">What tells it from others of its kind; empty where there is one of them.</param>
    /// <param name="create">Makes it.</param>
    public static T Of<T>(IBuildEngine build, string key, Func<T> create)
        where T : class
    {
        if (build is not IBuildEngine4 engine)
        {
            return create();
        }

        key = $"{typeof(T).FullName}|{key}";
        if (engine.GetRegisteredTaskObject(key, RegisteredTaskObjectLifetime.Build) is not T known)
        {
            known = create();
            engine.RegisterTaskObject(key, known, RegisteredTaskObjectLifetime.Build, allowEarlyCollection: false);
        }

        return known;
    }
}
